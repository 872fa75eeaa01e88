"""Pictures of every screen, drawn by the real console on a screen that nobody sees."""
