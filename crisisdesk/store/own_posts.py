"""What stands on our own accounts: every post met so far, and whose it is."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from crisisdesk.model.delivery import ALARMS, DeliveryState, OwnPost, PostVerdict, SentText
from crisisdesk.model.moment import from_ms, to_ms
from crisisdesk.store.schema import delivery, own_post

BATCH = 500
"""How many names are looked up at once; databases limit the values of one query."""


class OwnPosts:
    """Own posts within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(self, account_id: str, external_ids: Sequence[str]) -> dict[str, str]:
        """The last text of each of these posts that was met before, by its external id."""
        found: dict[str, str] = {}
        for start in range(0, len(external_ids), BATCH):
            query = select(own_post.c.external_id, own_post.c.text).where(
                own_post.c.account_id == account_id,
                own_post.c.external_id.in_(external_ids[start : start + BATCH]),
            )
            found.update((row.external_id, row.text) for row in self._connection.execute(query))
        return found

    def put(self, account_id: str, post: OwnPost, verdict: PostVerdict, now_ms: int) -> None:
        """Remember a post; one met before gets its new words, and the question is open again."""
        values = {
            "verdict": verdict.value,
            "text": post.text,
            "url": post.url,
            "posted_at": to_ms(post.posted_at),
            "answered_by": "",
        }
        changed = self._connection.execute(
            update(own_post).where(*_is(account_id, post.external_id)).values(**values)
        )
        if not changed.rowcount:
            name = {"account_id": account_id, "external_id": post.external_id}
            self._connection.execute(insert(own_post), name | values | {"first_seen_at": now_ms})

    def verdict(self, account_id: str, external_id: str) -> tuple[PostVerdict, str] | None:
        """Whose a post is, and who said so ("" for the desk); None when it was never met."""
        query = select(own_post.c.verdict, own_post.c.answered_by)
        row = self._connection.execute(query.where(*_is(account_id, external_id))).first()
        return (PostVerdict(row.verdict), row.answered_by) if row else None

    def answer(
        self, account_id: str, external_id: str, verdict: PostVerdict, operator: str
    ) -> OwnPost:
        """Keep what a person said; returns the post."""
        where = _is(account_id, external_id)
        self._connection.execute(
            update(own_post).where(*where).values(verdict=verdict.value, answered_by=operator)
        )
        return _read(self._connection.execute(select(own_post).where(*where)).one())

    def unanswered(self) -> list[tuple[str, OwnPost, PostVerdict]]:
        """(account id, post, verdict) of every alarm that nobody has answered, oldest first."""
        query = select(own_post).where(own_post.c.verdict.in_([each.value for each in ALARMS]))
        query = query.order_by(own_post.c.first_seen_at, own_post.c.external_id)
        rows = self._connection.execute(query)
        return [(row.account_id, _read(row), PostVerdict(row.verdict)) for row in rows]

    def sent(self, account_ids: Sequence[str]) -> list[SentText]:
        """What was delivered, or is being, on these accounts."""
        columns = (delivery.c.key, delivery.c.external_id, delivery.c.text, delivery.c.state)
        query = select(*columns, delivery.c.created_at, delivery.c.changed_at)
        rows = self._connection.execute(query.where(delivery.c.account_id.in_(account_ids)))
        return [
            SentText(
                row.key,
                row.external_id,
                row.text,
                DeliveryState(row.state),
                from_ms(row.created_at),
                from_ms(row.changed_at),
            )
            for row in rows
        ]


def _is(account_id: str, external_id: str) -> tuple[Any, Any]:
    return own_post.c.account_id == account_id, own_post.c.external_id == external_id


def _read(row: Row[Any]) -> OwnPost:
    return OwnPost(row.external_id, row.text, row.url, from_ms(row.posted_at))
