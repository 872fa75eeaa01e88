"""One transaction's view of the database, with a repository for each kind of thing."""

from functools import cached_property

from sqlalchemy import Connection

from crisisdesk.model.audit import Signer, Stamp
from crisisdesk.store.accounts import Accounts
from crisisdesk.store.alerts import Alerts
from crisisdesk.store.approvals import Approvals
from crisisdesk.store.incidents import Incidents
from crisisdesk.store.log import Log
from crisisdesk.store.media import Media
from crisisdesk.store.mentions import Mentions
from crisisdesk.store.old_mentions import OldMentions
from crisisdesk.store.operators import Operators
from crisisdesk.store.own_posts import OwnPosts
from crisisdesk.store.plans import Plans


class Unit:
    """Repositories over one connection; nothing in here commits."""

    def __init__(self, connection: Connection, stamp: Stamp, signer: Signer | None) -> None:
        self.connection = connection
        self.stamp = stamp
        self._signer = signer

    @cached_property
    def log(self) -> Log:
        """The append-only log."""
        return Log(self.connection, self.stamp, self._signer)

    @cached_property
    def mentions(self) -> Mentions:
        """What the public said."""
        return Mentions(self.connection)

    @cached_property
    def old_mentions(self) -> OldMentions:
        """What the public said long ago."""
        return OldMentions(self.connection, self.mentions)

    @cached_property
    def alerts(self) -> Alerts:
        """What we said, and how far it came."""
        return Alerts(self.connection, self.stamp.desk)

    @cached_property
    def approvals(self) -> Approvals:
        """Who agreed to what."""
        return Approvals(self.connection)

    @cached_property
    def media(self) -> Media:
        """The pictures that go out with alerts."""
        return Media(self.connection, self.stamp.now)

    @cached_property
    def incidents(self) -> Incidents:
        """What happened."""
        return Incidents(self.connection)

    @cached_property
    def accounts(self) -> Accounts:
        """Channels, sources and their cursors."""
        return Accounts(self.connection)

    @cached_property
    def operators(self) -> Operators:
        """Who sits at the desk."""
        return Operators(self.connection)

    @cached_property
    def own_posts(self) -> OwnPosts:
        """What stands on our own accounts."""
        return OwnPosts(self.connection)

    @cached_property
    def plans(self) -> Plans:
        """What is due, and when."""
        return Plans(self.connection)
