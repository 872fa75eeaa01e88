"""The console: PySide6 only. It shows what the core knows and asks the core to act."""
