"""The pictures of alerts, each kept once under the hash of its bytes."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, literal, select

from crisisdesk.model.errors import StoreError
from crisisdesk.model.media import Image, Picture
from crisisdesk.model.moment import to_ms
from crisisdesk.store.schema import alert, draft, media


class Media:
    """Pictures within one transaction. What each shows in words is kept with the alert."""

    def __init__(self, connection: Connection, now: Callable[[], datetime]) -> None:
        self._connection = connection
        self._now = now
        self._read: dict[str, bytes] = {}

    def add(self, picture: Picture) -> None:
        """Keep a picture; one that is here already stays as it is.

        Raises StoreError when its bytes are not those its hash names.
        """
        image = picture.image
        _check(image, picture.content)
        known = select(media.c.sha256).where(media.c.sha256 == image.sha256)
        if self._connection.execute(known).first():
            return
        row = {
            "sha256": image.sha256,
            "mime": image.mime,
            "content": picture.content,
            "added_at": to_ms(self._now()),
        }
        self._connection.execute(insert(media), row)

    def get(self, image: Image) -> Picture:
        """The picture with its bytes, read once in a transaction.

        Raises StoreError when it is gone, or is not the one that was approved.
        """
        if image.sha256 not in self._read:
            query = select(media.c.content).where(media.c.sha256 == image.sha256)
            content = self._connection.scalar(query)
            if content is None:
                raise StoreError(
                    "A picture of this alert is gone.",
                    "Write a new alert, with the picture or without it.",
                    "Nothing was published there.",
                )
            _check(image, content)
            self._read[image.sha256] = content
        return Picture(image, self._read[image.sha256])

    def drop_unused(self, digest: str) -> None:
        """Forget a picture that neither an alert nor what somebody is writing names."""
        named = f"%{digest}%"
        for table in (alert, draft):
            if self._connection.execute(
                select(literal(1)).where(table.c.body.like(named)).limit(1)
            ).first():
                return
        self._connection.execute(delete(media).where(media.c.sha256 == digest))


def _check(image: Image, content: bytes) -> None:
    if sha256(content).hexdigest() != image.sha256:
        raise StoreError(
            "A picture of this alert was changed.",
            "Write a new alert with it, and have the log verified.",
            "Nothing was published there.",
        )
