"""Stories of the engine, with stand-ins for SSH, keyring and clock."""
