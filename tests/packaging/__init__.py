"""Runs what people install: the wheel, the bundle, the scripts."""
