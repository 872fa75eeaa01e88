"""CrisisDesk: the core of the console, without a screen."""

__version__ = "0.2.0.dev0"
