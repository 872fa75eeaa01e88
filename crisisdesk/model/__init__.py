"""What CrisisDesk talks about: frozen values and the legal moves between states."""
