"""Where things are kept, and the settings that are no secret and no account: declared once."""

from crisisdesk.config.declared import (
    BROADCAST_BY,
    SECOND_PERSON_FROM,
    SETTINGS,
    THEMES,
    Settings,
    found_by,
)
from crisisdesk.config.places import (
    CHECKPOINTS_NAME,
    DATABASE_NAME,
    DESK_ID_NAME,
    EXERCISES_NAME,
    FIRST_CHECKPOINTS_NAME,
    RESOURCES,
    TOKENS_NAME,
    Paths,
    paths,
    refuse_ours,
    resource,
    resource_names,
)
from crisisdesk.config.reading import Loaded, Problem, fault, load_settings
from crisisdesk.config.writing import write_setting

__all__ = [
    "BROADCAST_BY",
    "CHECKPOINTS_NAME",
    "DATABASE_NAME",
    "DESK_ID_NAME",
    "EXERCISES_NAME",
    "FIRST_CHECKPOINTS_NAME",
    "RESOURCES",
    "SECOND_PERSON_FROM",
    "SETTINGS",
    "THEMES",
    "TOKENS_NAME",
    "Loaded",
    "Paths",
    "Problem",
    "Settings",
    "fault",
    "found_by",
    "load_settings",
    "paths",
    "refuse_ours",
    "resource",
    "resource_names",
    "write_setting",
]
