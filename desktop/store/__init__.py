"""Saved connections, the keyring, folders and logs."""
