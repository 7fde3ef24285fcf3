"""Sleep and wake: `desktop.core.system_ports.PowerMonitor` for each system."""
