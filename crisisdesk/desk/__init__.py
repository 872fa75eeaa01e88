"""The composition root: opens everything in order, hands out the services, closes in order."""

from crisisdesk.desk.desk import Desk
from crisisdesk.desk.exercise import open_exercise
from crisisdesk.desk.live import open_live

__all__ = ["Desk", "open_exercise", "open_live"]
