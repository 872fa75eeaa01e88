"""The first schema."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LABELS = {"need": 1, "rumour": 2, "question": 4, "eyewitness": 8, "media": 16}


def words(name: str, **more: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, **more)


def number(name: str, **more: Any) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, **more)


def upgrade() -> None:
    mentions()
    people_and_accounts()
    alerts()
    the_log()
    dialect = op.get_bind().dialect.name
    {"sqlite": for_sqlite, "postgresql": for_postgresql}[dialect]()


def mentions() -> None:
    op.create_table(
        "mention",
        sa.Column("id", BIG, primary_key=True),
        words("source"),
        words("ext_id"),
        words("author"),
        words("author_name"),
        words("text"),
        words("url"),
        number("posted_at"),
        number("received_at"),
        sa.Column("labels", sa.Integer, nullable=False),
        sa.Column("urgency", sa.Integer, nullable=False),
        words("reasons"),
        number("repeats"),
        words("handled_by", server_default=""),
        sa.UniqueConstraint("source", "ext_id", name="mention_once"),
    )
    for name, bit in LABELS.items():
        where = sa.text(f"(labels & {bit}) <> 0")
        op.create_index(
            f"mention_{name}", "mention", ["id"], sqlite_where=where, postgresql_where=where
        )
    lanes = op.create_table(
        "lane_count",
        sa.Column("lane", sa.Text, primary_key=True),
        number("stored"),
        number("open"),
    )
    op.bulk_insert(lanes, [{"lane": lane, "stored": 0, "open": 0} for lane in ("all", *LABELS)])
    op.create_table(
        "cursor",
        sa.Column("account_id", sa.Text, primary_key=True),
        words("position"),
        number("moved_at"),
    )


def people_and_accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Text, primary_key=True),
        words("kind"),
        words("name"),
        words("settings"),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("text_limit", sa.Integer),
    )
    op.create_table(
        "operator",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        words("role"),
        words("passphrase"),
        number("created_at"),
    )
    op.create_table("desk", sa.Column("name", sa.Text, primary_key=True), words("value"))


def alerts() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("ref", sa.Text, nullable=False, unique=True),
        words("name"),
        words("mode"),
        number("opened_at"),
        words("opened_by"),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("alerts", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_table(
        "draft",
        sa.Column("operator_id", sa.Text, primary_key=True),
        words("body"),
        number("saved_at"),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("incident_id", sa.Text, sa.ForeignKey("incident.id"), nullable=False),
        sa.Column("marker", sa.Text, nullable=False, unique=True),
        words("mode"),
        words("content_hash"),
        words("body"),
        number("created_at"),
        number("expires_at"),
        sa.Column("broadcast_at", sa.BigInteger),
        words("references_id", server_default=""),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("alert_id", sa.Text, sa.ForeignKey("alert.id"), nullable=False),
        words("account_id"),
        words("language"),
        words("state"),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        words("text"),
        words("subject"),
        words("external_id", server_default=""),
        words("url", server_default=""),
        words("evidence", server_default=""),
        words("recipients", server_default="[]"),
        number("created_at"),
        number("changed_at"),
        sa.UniqueConstraint("alert_id", "account_id", "language", name="delivery_once"),
    )


def the_log() -> None:
    op.create_table(
        "log_entry",
        sa.Column("seq", BIG, primary_key=True, autoincrement=False),
        sa.Column("prev", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "checkpoint",
        sa.Column("seq", BIG, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        words("origin"),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
    )


# INSERT OR REPLACE deletes the old row without asking the DELETE trigger, so the INSERT trigger
# itself refuses every number but the next one, and every entry that does not follow the last. The
# hash has no unique index to replace by: on a random value it would cost a page for each entry.
SQLITE_LOG_FENCES = (
    """CREATE TRIGGER log_entry_next BEFORE INSERT ON log_entry
    WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM log_entry)
      OR NEW.prev <> coalesce(
        (SELECT hash FROM log_entry ORDER BY seq DESC LIMIT 1), zeroblob(32))
    BEGIN SELECT RAISE(ABORT, 'the log is append-only: only the next entry may be added'); END""",
    """CREATE TRIGGER log_entry_no_update BEFORE UPDATE ON log_entry
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END""",
    """CREATE TRIGGER log_entry_no_delete BEFORE DELETE ON log_entry
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END""",
    """CREATE TRIGGER checkpoint_next BEFORE INSERT ON checkpoint
    WHEN NEW.seq <= (SELECT coalesce(max(seq), 0) FROM checkpoint)
    BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END""",
    """CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint
    BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END""",
    """CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint
    BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END""",
)


def for_sqlite() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE mention_fts USING fts5("
        "text, author_name, content='mention', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 2')"
    )
    for fence in SQLITE_LOG_FENCES:
        op.execute(fence)


def for_postgresql() -> None:
    op.execute(
        "ALTER TABLE mention ADD COLUMN words tsvector GENERATED ALWAYS AS "
        "(to_tsvector('simple', text || ' ' || author_name)) STORED"
    )
    op.execute("CREATE INDEX mention_words ON mention USING gin(words)")
    op.execute(
        """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the log is append-only'; END $$"""
    )
    op.execute(
        """CREATE FUNCTION only_next_entry() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM log_entry)
            OR NEW.prev <> coalesce(
              (SELECT hash FROM log_entry ORDER BY seq DESC LIMIT 1),
              decode(repeat('00', 32), 'hex')) THEN
            RAISE EXCEPTION 'the log is append-only: only the next entry may be added';
          END IF;
          RETURN NEW;
        END $$"""
    )
    op.execute(
        "CREATE TRIGGER log_entry_next BEFORE INSERT ON log_entry "
        "FOR EACH ROW EXECUTE FUNCTION only_next_entry()"
    )
    for table in ("log_entry", "checkpoint"):
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
