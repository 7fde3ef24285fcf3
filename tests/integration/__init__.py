"""Runs against real servers on loopback."""
