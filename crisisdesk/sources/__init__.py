"""Where mentions come from. Every source keeps a cursor, so nothing between two visits is lost."""
