"""Starting the window, hidden in the tray, when the person logs in."""
