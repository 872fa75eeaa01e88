"""The verbs. Each change of state and its log entry commit together here, and only here."""
