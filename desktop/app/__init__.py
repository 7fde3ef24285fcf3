"""The window's composition root: the only place that imports every layer."""

from desktop.app.run import run_demo, run_window

__all__ = ["run_demo", "run_window"]
