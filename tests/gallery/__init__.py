"""Every screen in every theme, scale and state: drawn by the real console from fixed data."""
