"""A run of tests: its folder, its record ``run.json``, and runs that come from elsewhere."""
