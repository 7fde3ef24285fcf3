"""unit/ needs neither Qt nor a network; gui/ runs offscreen; integration/ talks to real servers on loopback."""
