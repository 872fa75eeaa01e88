"""Benchmarks: cutting a log into its incidents, and setting one beside others."""
