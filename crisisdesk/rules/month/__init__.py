"""The monthly report: what a desk did in a month of its own calendar, beside the month before."""
