"""Which page of the guide F1 opens: the widgets that have one, by the names of their classes."""

from PySide6.QtWidgets import QStackedWidget, QWidget

from ui.dialogs.guide_pages import FIRST

PLACES = {
    "StartPage": "start",
    "Opening": "start",
    "FirstOperator": "first-time",
    "SignIn": "start",
    "ConsolePage": "console",
    "Header": "console",
    "MentionsPane": "mentions",
    "MessagePane": "message",
    "PictureRow": "message",
    "BroadcastPane": "broadcast",
    "AlertCard": "states",
    "ApprovalsArea": "approvals",
    "ApproveDialog": "approvals",
    "PlanStrip": "plans",
    "SendLater": "plans",
    "SendNow": "plans",
    "BoardPage": "board",
    "AlarmStrip": "alarm",
    "PackDialog": "by-hand",
    "HandOverForm": "by-hand",
    "LogPane": "log",
    "ReviewPage": "review",
    "FirstAccount": "first-time",
    "AccountStep": "channels",
    "AccountsPage": "channels",
    "AccountForm": "channels",
    "PeoplePage": "people",
    "SettingsPage": "settings",
    "RowsPage": "settings",
    "TemplatesPage": "templates",
    "PasteDialog": "settings",
    "CodeSheet": "people",
    "ControlBar": "exercise",
    "Coach": "exercise",
    "Briefing": "exercise",
    "BriefingAgain": "exercise",
    "CallCard": "exercise",
    "NoDuffPage": "directing",
    "NoDuffButton": "directing",
    "Debrief": "exercise",
    "ControlWindow": "directing",
    "Timeline": "directing",
    "InjectDetail": "directing",
    "InjectForm": "directing",
    "GoalsPanel": "directing",
    "ChannelsPanel": "directing",
    "NotesPanel": "directing",
    "RolesPanel": "directing",
    "PublicPanel": "directing",
    "Result": "exercise",
    "Palette": "keys",
    "Understood": "exercise",
    "ActionsSheet": "exercise",
    "EntryCard": "log",
    "HandOverSheet": "log",
    "LogTimeline": "review",
    "ReplayPanel": "review",
    "EntryList": "review",
    "DisclosureSheet": "personal",
    "FiguresSheet": "report",
    "RecordSheet": "log",
    "RedactSheet": "personal",
    "KeptWords": "message",
}


def page_for(widget: QWidget | None) -> str:
    """The guide's page for the place that has the keyboard: its own, or that around it."""
    at = widget
    while at is not None:
        shown = at.currentWidget() if isinstance(at, QStackedWidget) else None
        if page := _own(at) or (_own(shown) if shown else ""):
            return page
        at = at.parentWidget()
    return FIRST


def _own(widget: QWidget) -> str:
    return next((PLACES[each.__name__] for each in type(widget).__mro__
                 if each.__name__ in PLACES), "")  # fmt: skip
