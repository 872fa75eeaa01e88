"""Alembic's entry: runs the versions over the connection the database hands in."""

from alembic import context

from crisisdesk.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
