"""Reads connections out of the files of other programs."""
