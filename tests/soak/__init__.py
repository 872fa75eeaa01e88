"""Long runs, each with what it promises; `python -m tests.soak`."""
