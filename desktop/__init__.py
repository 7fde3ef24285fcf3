"""Caponier keeps warehouse connections reachable through bastion hosts."""

__version__ = "0.1.0"
APP_ID = "io.github.caponier.Caponier"
APP_NAME = "Caponier"
