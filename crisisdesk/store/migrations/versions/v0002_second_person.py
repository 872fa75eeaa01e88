"""A second person, times, pictures, and what stands on our own accounts."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def words(name: str, **more: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, **more)


def number(name: str, **more: Any) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, **more)


def upgrade() -> None:
    op.add_column("operator", words("public_key", server_default=""))
    op.add_column("operator", words("sealed_key", server_default=""))
    op.add_column("operator", sa.Column("left_at", sa.BigInteger))
    op.add_column("alert", words("author_id", server_default=""))
    op.add_column("alert", words("step", server_default=""))
    op.add_column(
        "alert", sa.Column("second_person", sa.Integer, nullable=False, server_default="0")
    )
    op.add_column("alert", words("repeats_id", server_default=""))
    op.add_column("delivery", words("desk", server_default=""))
    op.add_column("delivery", sa.Column("seen_at", sa.BigInteger))
    op.add_column("delivery", words("found", server_default=""))
    wordings()
    approvals()
    times()
    outside()
    dialect = op.get_bind().dialect.name
    {"sqlite": for_sqlite, "postgresql": for_postgresql}[dialect]()


def wordings() -> None:
    op.create_table(
        "wording",
        sa.Column("alert_id", sa.Text, sa.ForeignKey("alert.id"), primary_key=True),
        sa.Column("step", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Text, primary_key=True),
        sa.Column("language", sa.Text, primary_key=True),
        sa.Column("own", sa.Integer, primary_key=True, autoincrement=False),
        words("words_hash"),
    )
    op.create_table(
        "media",
        sa.Column("sha256", sa.Text, primary_key=True),
        words("mime"),
        sa.Column("content", sa.LargeBinary, nullable=False),
        number("added_at"),
    )


def approvals() -> None:
    op.create_table(
        "approval_request",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("alert_id", sa.Text, sa.ForeignKey("alert.id"), nullable=False, unique=True),
        words("statement_hash"),
        sa.Column("nonce", sa.Text, nullable=False, unique=True),
        words("asked_by"),
        number("asked_at"),
        words("state"),
        words("decided_by", server_default=""),
        sa.Column("decided_at", sa.BigInteger),
        words("reason", server_default=""),
    )
    op.create_table(
        "approval",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column(
            "request_id", sa.Text, sa.ForeignKey("approval_request.id"), nullable=False, unique=True
        ),
        sa.Column("alert_id", sa.Text, sa.ForeignKey("alert.id"), nullable=False),
        words("way"),
        sa.Column("operator_id", sa.Text, sa.ForeignKey("operator.id"), nullable=False),
        words("operator_name"),
        words("content_hash"),
        words("statement_hash"),
        sa.Column("nonce", sa.Text, nullable=False, unique=True),
        words("public_key"),
        words("signature"),
        words("reason"),
        number("approved_at"),
        number("expires_at"),
    )
    op.create_table(
        "code_line",
        sa.Column("operator_id", sa.Text, sa.ForeignKey("operator.id"), primary_key=True),
        sa.Column("letter", sa.Text, primary_key=True),
        words("code_hash"),
        number("made_at"),
        sa.Column("used_at", sa.BigInteger),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("operator_id", sa.Text, sa.ForeignKey("operator.id"), nullable=False),
        words("kind"),
        words("words"),
        number("made_at"),
        sa.Column("seen_at", sa.BigInteger),
    )


def times() -> None:
    op.create_table(
        "plan",
        sa.Column("id", sa.Text, primary_key=True),
        words("kind"),
        sa.Column("alert_id", sa.Text, sa.ForeignKey("alert.id"), nullable=False),
        number("due_at"),
        sa.Column("every_minutes", sa.Integer, nullable=False),
        words("state"),
        words("words", server_default=""),
        words("made_by"),
        number("made_at"),
        number("changed_at"),
    )
    op.create_index("plan_open", "plan", ["state", "due_at"])


def outside() -> None:
    op.create_table(
        "own_post",
        sa.Column("account_id", sa.Text, primary_key=True),
        sa.Column("external_id", sa.Text, primary_key=True),
        words("verdict"),
        words("text"),
        words("url"),
        number("posted_at"),
        number("first_seen_at"),
        words("answered_by", server_default=""),
    )


OWN_WORDS_APPROVED = """EXISTS (SELECT 1 FROM approval p
      JOIN approval_request r ON r.id = p.request_id AND r.state = 'approved'
    WHERE p.alert_id = NEW.id AND p.content_hash = NEW.content_hash)"""

# A follow-up whose every wording was approved together with an earlier alert of its incident, or a
# reminder: the approved words themselves once more, until that alert expires.
PREPARED_WORDS_APPROVED = """(
    EXISTS (SELECT 1 FROM wording w WHERE w.alert_id = NEW.id AND w.own = 1)
    AND NOT EXISTS (
      SELECT 1 FROM wording w WHERE w.alert_id = NEW.id AND w.own = 1 AND NOT EXISTS (
        SELECT 1 FROM wording s
          JOIN approval p ON p.alert_id = s.alert_id
          JOIN approval_request r ON r.id = p.request_id AND r.state = 'approved'
          JOIN alert a ON a.id = s.alert_id
        WHERE a.broadcast_at IS NOT NULL AND (s.own = 0 OR (NEW.repeats_id = a.id AND NEW.created_at < a.expires_at)) AND a.incident_id = NEW.incident_id AND a.mode = NEW.mode
          AND s.step = w.step AND s.account_id = w.account_id AND s.language = w.language
          AND s.words_hash = w.words_hash)))"""

UNFIT_APPROVAL = """NOT EXISTS (
    SELECT 1 FROM alert a JOIN approval_request r ON r.alert_id = a.id
    WHERE a.id = NEW.alert_id AND r.id = NEW.request_id AND r.state = 'waiting'
      AND r.nonce = NEW.nonce AND r.statement_hash = NEW.statement_hash
      AND a.content_hash = NEW.content_hash AND a.expires_at = NEW.expires_at
      AND NEW.approved_at < a.expires_at AND a.broadcast_at IS NULL)"""

SELF_APPROVAL = """NEW.way <> 'break-glass' AND EXISTS (
    SELECT 1 FROM alert a LEFT JOIN operator o ON o.id = a.author_id
    WHERE a.id = NEW.alert_id AND (
      a.author_id = NEW.operator_id
      OR a.author_id = ''
      OR (NEW.public_key <> '' AND NEW.public_key = o.public_key)))"""

UNFIT_APPROVER = """NEW.way <> 'break-glass' AND NOT EXISTS (
    SELECT 1 FROM operator o WHERE o.id = NEW.operator_id AND o.role = 'approver'
      AND o.left_at IS NULL
      AND (NEW.way <> 'signed' OR (NEW.signature <> '' AND o.public_key = NEW.public_key)))"""

NO_REASON = "NEW.way = 'break-glass' AND trim(NEW.reason) = ''"

# A decision is final; only what was approved can still be taken back.
UNDECIDED = """OLD.id <> NEW.id OR OLD.alert_id <> NEW.alert_id OR OLD.nonce <> NEW.nonce
    OR OLD.statement_hash <> NEW.statement_hash
    OR NOT (OLD.state = 'waiting' OR (OLD.state = 'approved' AND NEW.state = 'withdrawn'
      AND NOT EXISTS (SELECT 1 FROM alert a
        WHERE a.id = NEW.alert_id AND a.broadcast_at IS NOT NULL)))
    OR (NEW.state = 'approved'
      AND NOT EXISTS (SELECT 1 FROM approval p WHERE p.request_id = NEW.id))"""

ASKED_ALREADY = """EXISTS (SELECT 1 FROM approval_request r WHERE r.alert_id = NEW.alert_id)
    OR EXISTS (SELECT 1 FROM alert a WHERE a.id = NEW.alert_id AND a.broadcast_at IS NOT NULL)"""

CHANGED_ALERT = """OLD.id <> NEW.id OR OLD.body <> NEW.body OR OLD.content_hash <> NEW.content_hash
    OR OLD.mode <> NEW.mode OR OLD.expires_at <> NEW.expires_at OR OLD.step <> NEW.step
    OR OLD.author_id <> NEW.author_id OR OLD.second_person <> NEW.second_person
    OR OLD.incident_id <> NEW.incident_id OR OLD.references_id <> NEW.references_id
    OR OLD.repeats_id <> NEW.repeats_id
    OR OLD.broadcast_at IS NOT NULL"""

UNAPPROVED_BROADCAST = f"""NEW.broadcast_at IS NOT NULL AND (NEW.broadcast_at >= NEW.expires_at
    OR (NEW.second_person = 1 AND NOT {OWN_WORDS_APPROVED} AND NOT {PREPARED_WORDS_APPROVED}))"""

FENCES = (
    ("approval_fits", "INSERT", "approval", UNFIT_APPROVAL,
     "the approval does not fit its alert: changed, expired, replayed or decided already"),
    ("approval_second", "INSERT", "approval", SELF_APPROVAL, "nobody approves their own alert"),
    ("approval_role", "INSERT", "approval", UNFIT_APPROVER, "only an approver approves"),
    ("approval_reason", "INSERT", "approval", NO_REASON, "breaking the glass needs a reason"),
    ("approval_kept", "UPDATE", "approval", "1 = 1", "approvals are append-only"),
    ("approval_held", "DELETE", "approval", "1 = 1", "approvals are append-only"),
    ("request_final", "UPDATE", "approval_request", UNDECIDED, "a decision is final"),
    ("request_held", "DELETE", "approval_request", "1 = 1", "requests are kept"),
    ("wording_early", "INSERT", "wording", ASKED_ALREADY, "wordings are frozen"),
    ("wording_kept", "UPDATE", "wording", "1 = 1", "wordings are frozen"),
    ("wording_held", "DELETE", "wording", "1 = 1", "wordings are frozen"),
    ("alert_frozen", "UPDATE", "alert", CHANGED_ALERT, "a composed alert is frozen"),
    ("alert_approved", "UPDATE", "alert", UNAPPROVED_BROADCAST,
     "the alert is not approved, or has expired"),
    ("alert_unsent", "INSERT", "alert", "NEW.broadcast_at IS NOT NULL",
     "an alert is broadcast only after it was composed"),
    ("alert_held", "DELETE", "alert", "1 = 1", "alerts are kept"),
    ("code_once", "UPDATE", "code_line",
     "OLD.used_at IS NOT NULL AND NEW.code_hash = OLD.code_hash", "a code is used once"),
)  # fmt: skip


def for_sqlite() -> None:
    for name, moment, table, wrong, why in FENCES:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {moment} ON {table} WHEN {wrong} "
            f"BEGIN SELECT RAISE(ABORT, '{why}'); END"
        )


def for_postgresql() -> None:
    for name, moment, table, wrong, why in FENCES:
        kept = "OLD" if moment == "DELETE" else "NEW"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {wrong} THEN RAISE EXCEPTION '{why}'; END IF; RETURN {kept}; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {moment} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
