"""The only importer of paramiko besides the demo: dial, login, host keys, lanes, relay, error translation."""
