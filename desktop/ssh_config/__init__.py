"""ssh_config(5): what an alias resolves to, as OpenSSH's ``ssh -G`` has it."""
