"""The command line: headless twins of what the console does."""

from crisisdesk.cli.main import COMMANDS, main

__all__ = ["COMMANDS", "main"]
