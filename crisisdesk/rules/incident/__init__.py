"""The report of an incident: a log read for people who were not there."""
