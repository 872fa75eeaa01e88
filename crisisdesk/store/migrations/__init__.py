"""Schema versions in order. The last one is what this program reads and writes."""

REVISIONS = ("0001", "0002", "0003", "0004")
HEAD = REVISIONS[-1]
