"""Widgets, models, tray and dialogs. Decides nothing: asks core, and tells the engine what the person wants."""
