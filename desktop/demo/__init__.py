"""An embedded bastion in front of a real PostgreSQL, for a first try without any server."""
