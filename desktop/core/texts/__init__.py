"""What there is to copy for each family of warehouses. Each module names where its facts come from."""
