"""Rigs that break a running desk on purpose: kills, power cuts, full disks, races."""
