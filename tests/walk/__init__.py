"""A new user's walk: from nothing to a verified log, by keyboard, counted."""
