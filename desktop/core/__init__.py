"""The pure heart: standard library only, no threads, no files, no network, no Qt."""
