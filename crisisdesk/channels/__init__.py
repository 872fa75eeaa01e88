"""Where we publish. One file for each network; what each can do is declared as data."""
