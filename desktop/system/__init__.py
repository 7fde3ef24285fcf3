"""Services of the operating system behind `desktop.core.ports`."""
