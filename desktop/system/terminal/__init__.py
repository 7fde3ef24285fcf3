"""The person's terminal, on each system."""
