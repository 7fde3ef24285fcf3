"""Puts the parts together that window and command line have in common."""
