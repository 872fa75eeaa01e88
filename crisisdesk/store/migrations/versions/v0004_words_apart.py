"""Words that people typed lie beside the chain, which only commits to them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")

# Words come with their entry, and go only into the stub that a later entry accounts for.
SQLITE_FENCES = (
    """CREATE TRIGGER opening_with_its_entry BEFORE INSERT ON opening
    WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) FROM log_entry) OR NEW.redacted <> 0
      OR EXISTS (SELECT 1 FROM opening WHERE seq = NEW.seq AND commitment = NEW.commitment)
    BEGIN SELECT RAISE(ABORT, 'words belong to the newest entry'); END""",
    """CREATE TRIGGER opening_only_redacted BEFORE UPDATE ON opening
    WHEN NEW.seq <> OLD.seq OR NEW.commitment <> OLD.commitment OR OLD.redacted <> 0
      OR length(NEW.key) <> 0 OR NEW.redacted <> (SELECT max(seq) FROM log_entry)
    BEGIN SELECT RAISE(ABORT, 'words change only when the newest entry redacts them'); END""",
    """CREATE TRIGGER opening_no_delete BEFORE DELETE ON opening
    BEGIN SELECT RAISE(ABORT, 'words are redacted, never deleted'); END""",
)


def upgrade() -> None:
    """Entries from before keep their words in the chain: what is hashed cannot be taken out."""
    op.create_table(
        "opening",
        sa.Column("seq", BIG, sa.ForeignKey("log_entry.seq"), primary_key=True, autoincrement=False),
        sa.Column("commitment", sa.LargeBinary, primary_key=True),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("redacted", sa.BigInteger, nullable=False, server_default="0"),
    )
    dialect = op.get_bind().dialect.name
    {"sqlite": for_sqlite, "postgresql": for_postgresql}[dialect]()


def for_sqlite() -> None:
    for fence in SQLITE_FENCES:
        op.execute(fence)


def for_postgresql() -> None:
    op.execute(
        """CREATE FUNCTION only_with_its_entry() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF NEW.seq <> (SELECT coalesce(max(seq), 0) FROM log_entry) OR NEW.redacted <> 0 THEN
            RAISE EXCEPTION 'words belong to the newest entry';
          END IF;
          RETURN NEW;
        END $$"""
    )
    op.execute(
        """CREATE FUNCTION only_redacted() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF NEW.seq <> OLD.seq OR NEW.commitment <> OLD.commitment OR OLD.redacted <> 0
            OR length(NEW.key) <> 0 OR NEW.redacted <> (SELECT max(seq) FROM log_entry) THEN
            RAISE EXCEPTION 'words change only when the newest entry redacts them';
          END IF;
          RETURN NEW;
        END $$"""
    )
    for moment, function in (("INSERT", "only_with_its_entry"), ("UPDATE", "only_redacted")):
        op.execute(
            f"CREATE TRIGGER opening_{moment.lower()} BEFORE {moment} ON opening "
            f"FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
    op.execute(
        "CREATE TRIGGER opening_no_delete BEFORE DELETE ON opening "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER opening_no_truncate BEFORE TRUNCATE ON opening "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
