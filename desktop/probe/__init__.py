"""Asks warehouses who they are: in their own protocols, with as little as each allows, and with a login on demand."""
