"""Sentences for people: one place for window and command line. Pure; imports core only."""
