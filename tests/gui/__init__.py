"""Drives widgets, offscreen or on a virtual screen."""
