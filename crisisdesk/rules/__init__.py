"""Pure rules: no clock, no chance, no file, no socket. Time comes in as an argument."""
