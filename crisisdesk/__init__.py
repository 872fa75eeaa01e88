"""CrisisDesk: the core of the console, without a screen."""

__version__ = "0.1.0"
