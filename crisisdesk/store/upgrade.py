"""Bringing a database to this program's schema, and refusing one that is newer."""

from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

from crisisdesk.model.errors import StoreError
from crisisdesk.store.migrations import HEAD, REVISIONS


def bring_up_to_date(engine: Engine) -> None:
    """Run the missing migrations in one transaction. Raises StoreError for a newer database."""
    with engine.begin() as connection:
        version = version_of(connection)
        if version == HEAD:
            return
        if version is not None and version not in REVISIONS:
            raise StoreError(
                f"This database has version {version}; this program knows up to {HEAD}.",
                "Install the newer CrisisDesk, or choose another folder with --data DIR.",
                "Nothing was changed in it.",
            )
        if version is None and inspect(connection).get_table_names():
            raise StoreError(
                "This database holds another program's tables.",
                "Choose another folder with --data DIR, or an empty database.",
                "Nothing was changed in it.",
            )
        _run_alembic(connection)


def version_of(connection: Connection) -> str | None:
    """The schema version a database says it has; None for a database without any."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _run_alembic(connection: Connection) -> None:
    from alembic import command  # 190 ms, needed only when there is something to upgrade

    command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection) -> Any:
    """Alembic's configuration, pointing at the migrations of this package."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "crisisdesk.store:migrations")
    config.attributes["connection"] = connection
    return config
