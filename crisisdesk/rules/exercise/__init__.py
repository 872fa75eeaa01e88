"""Exercises as pure rules: reading a scenario, what happens next, what was done, how well."""
