"""What the computer's network is like now, and when it may have changed."""
