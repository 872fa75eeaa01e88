"""Real servers for the end-to-end tests, each started on loopback in a temporary folder."""
