"""Needs neither Qt nor a network."""
