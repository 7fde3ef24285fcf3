"""Sleep and wake: `desktop.core.ports.PowerMonitor` for each system."""
