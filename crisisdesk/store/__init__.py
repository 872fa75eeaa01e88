"""The database: SQLite by default, PostgreSQL by another URL. One writer, many readers."""
