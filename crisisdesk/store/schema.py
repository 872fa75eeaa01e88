"""The tables as they stand now. Migrations build them; a test proves that both agree.

Times are whole milliseconds since 1970 UTC. Indexes are lean on purpose: one on a random value
(urgency, author) would cost four fifths of the insert rate at a million mentions. The full text
index stands only in the migrations: it is written in each database's own dialect.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

from crisisdesk.model.mention import LABELS

metadata = MetaData()

_id: TypeEngine[Any] = BigInteger().with_variant(Integer, "sqlite")


def _text(name: str, **more: Any) -> Column[str]:
    return Column(name, Text, nullable=False, **more)


def _number(name: str, **more: Any) -> Column[int]:
    return Column(name, BigInteger, nullable=False, **more)


mention = Table(
    "mention",
    metadata,
    Column("id", _id, primary_key=True),
    _text("source"),
    _text("ext_id"),
    _text("author"),
    _text("author_name"),
    _text("text"),
    _text("url"),
    _number("posted_at"),
    _number("received_at"),
    Column("labels", Integer, nullable=False),
    Column("urgency", Integer, nullable=False),
    _text("reasons"),
    _number("repeats"),
    _text("handled_by", server_default=""),
    UniqueConstraint("source", "ext_id", name="mention_once"),
    *(
        Index(
            f"mention_{label.name.lower()}",
            "id",
            sqlite_where=text(f"(labels & {label.value}) <> 0"),
            postgresql_where=text(f"(labels & {label.value}) <> 0"),
        )
        for label in LABELS
        if label.name
    ),
)

lane_count = Table(
    "lane_count",
    metadata,
    Column("lane", Text, primary_key=True),
    _number("stored"),
    _number("open"),
)

cursor = Table(
    "cursor",
    metadata,
    Column("account_id", Text, primary_key=True),
    _text("position"),
    _number("moved_at"),
)

account = Table(
    "account",
    metadata,
    Column("id", Text, primary_key=True),
    _text("kind"),
    _text("name"),
    _text("settings"),
    Column("enabled", Boolean, nullable=False),
    Column("text_limit", Integer),
)

operator = Table(
    "operator",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    _text("role"),
    _text("passphrase"),
    _number("created_at"),
    _text("public_key", server_default=""),
    _text("sealed_key", server_default=""),
    Column("left_at", BigInteger),
)

incident = Table(
    "incident",
    metadata,
    Column("id", Text, primary_key=True),
    Column("ref", Text, nullable=False, unique=True),
    _text("name"),
    _text("mode"),
    _number("opened_at"),
    _text("opened_by"),
    Column("closed_at", BigInteger),
    Column("alerts", Integer, nullable=False, server_default="0"),
)

draft = Table(
    "draft",
    metadata,
    Column("operator_id", Text, primary_key=True),
    _text("body"),
    _number("saved_at"),
)

alert = Table(
    "alert",
    metadata,
    Column("id", Text, primary_key=True),
    Column("incident_id", Text, ForeignKey("incident.id"), nullable=False),
    Column("marker", Text, nullable=False, unique=True),
    _text("mode"),
    _text("content_hash"),
    _text("body"),
    _number("created_at"),
    _number("expires_at"),
    Column("broadcast_at", BigInteger),
    _text("references_id", server_default=""),
    _text("author_id", server_default=""),
    _text("step", server_default=""),
    Column("second_person", Integer, nullable=False, server_default="0"),
    _text("repeats_id", server_default=""),
)

wording = Table(
    "wording",
    metadata,
    Column("alert_id", Text, ForeignKey("alert.id"), primary_key=True),
    Column("step", Text, primary_key=True),
    Column("account_id", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("own", Integer, primary_key=True, autoincrement=False),
    _text("words_hash"),
)

media = Table(
    "media",
    metadata,
    Column("sha256", Text, primary_key=True),
    _text("mime"),
    Column("content", LargeBinary, nullable=False),
    _number("added_at"),
)

approval_request = Table(
    "approval_request",
    metadata,
    Column("id", Text, primary_key=True),
    Column("alert_id", Text, ForeignKey("alert.id"), nullable=False, unique=True),
    _text("statement_hash"),
    Column("nonce", Text, nullable=False, unique=True),
    _text("asked_by"),
    _number("asked_at"),
    _text("state"),
    _text("decided_by", server_default=""),
    Column("decided_at", BigInteger),
    _text("reason", server_default=""),
)

approval = Table(
    "approval",
    metadata,
    Column("id", Text, primary_key=True),
    Column("request_id", Text, ForeignKey("approval_request.id"), nullable=False, unique=True),
    Column("alert_id", Text, ForeignKey("alert.id"), nullable=False),
    _text("way"),
    Column("operator_id", Text, ForeignKey("operator.id"), nullable=False),
    _text("operator_name"),
    _text("content_hash"),
    _text("statement_hash"),
    Column("nonce", Text, nullable=False, unique=True),
    _text("public_key"),
    _text("signature"),
    _text("reason"),
    _number("approved_at"),
    _number("expires_at"),
)

code_line = Table(
    "code_line",
    metadata,
    Column("operator_id", Text, ForeignKey("operator.id"), primary_key=True),
    Column("letter", Text, primary_key=True),
    _text("code_hash"),
    _number("made_at"),
    Column("used_at", BigInteger),
)

notice = Table(
    "notice",
    metadata,
    Column("id", Text, primary_key=True),
    Column("operator_id", Text, ForeignKey("operator.id"), nullable=False),
    _text("kind"),
    _text("words"),
    _number("made_at"),
    Column("seen_at", BigInteger),
)

plan = Table(
    "plan",
    metadata,
    Column("id", Text, primary_key=True),
    _text("kind"),
    Column("alert_id", Text, ForeignKey("alert.id"), nullable=False),
    _number("due_at"),
    Column("every_minutes", Integer, nullable=False),
    _text("state"),
    _text("words", server_default=""),
    _text("made_by"),
    _number("made_at"),
    _number("changed_at"),
    Index("plan_open", "state", "due_at"),
)

own_post = Table(
    "own_post",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),
    _text("verdict"),
    _text("text"),
    _text("url"),
    _number("posted_at"),
    _number("first_seen_at"),
    _text("answered_by", server_default=""),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Text, primary_key=True),
    Column("alert_id", Text, ForeignKey("alert.id"), nullable=False),
    _text("account_id"),
    _text("language"),
    _text("state"),
    Column("key", Text, nullable=False, unique=True),
    _text("text"),
    _text("subject"),
    _text("external_id", server_default=""),
    _text("url", server_default=""),
    _text("evidence", server_default=""),
    _text("recipients", server_default="[]"),
    _number("created_at"),
    _number("changed_at"),
    Column("seen_at", BigInteger),
    _text("desk", server_default=""),
    _text("found", server_default=""),
    UniqueConstraint("alert_id", "account_id", "language", name="delivery_once"),
)

log_entry = Table(
    "log_entry",
    metadata,
    Column("seq", _id, primary_key=True, autoincrement=False),
    Column("prev", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

opening = Table(
    "opening",
    metadata,
    Column("seq", _id, ForeignKey("log_entry.seq"), primary_key=True, autoincrement=False),
    Column("commitment", LargeBinary, primary_key=True),
    Column("key", LargeBinary, nullable=False),
    _text("words"),
    _number("redacted", server_default="0"),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("seq", _id, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    _text("origin"),
    Column("public_key", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    _text("note", server_default=""),
    Column("peaks", LargeBinary),
)

desk = Table(
    "desk",
    metadata,
    Column("name", Text, primary_key=True),
    _text("value"),
)
