"""Measurements against peers in the same run: ratios are what counts, absolute figures differ between machines."""
