"""What each action of the table does at the console, and when it cannot be done."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from crisisdesk.model.mention import Verdict
from ui import actions
from ui.console.backup import back_up_now, why_no_backup

if TYPE_CHECKING:
    from ui.console.console_page import ConsolePage


def bind_actions(page: "ConsolePage") -> None:
    """Bind everything the console can be asked for; a key pressed in vain is told why."""
    mentions, message, broadcast = page.mentions, page.message, page.broadcast
    wanted: list[tuple[str, Callable[[], object], Callable[[], str]]] = [
        (each.value, partial(mentions.judge, each), mentions.why_not_judge)
        for each in Verdict
        if each is not Verdict.HANDLED
    ]
    wanted += [
        ("mentions", mentions.focus, actions.always),
        ("message", message.focus, actions.always),
        ("broadcast", broadcast.focus, actions.always),
        ("log", page.log.focus, actions.always),
        ("approvals", page.focus_approvals, actions.always),
        ("stop", page.sending.stop_all, broadcast.why_not_stop),
        ("pack", page.open_pack, actions.always),
        ("board", page.board_asked.emit, actions.always),
        ("search", mentions.focus_search, actions.always),
        ("template", message.choose_template, actions.always),
        ("handled", partial(mentions.judge, Verdict.HANDLED), mentions.why_not_judge),
        ("undo", page.undoing.undo, page.undoing.why_not),
        ("incident", page.ask_incident, actions.always),
        ("hand_over", page.handing_on.open, page.handing_on.why_not),
        ("wider", partial(page.panes.resize_pane, 1), page.panes.why_not_resize),
        ("narrower", partial(page.panes.resize_pane, -1), page.panes.why_not_resize),
        ("backup", partial(back_up_now, page), partial(why_no_backup, page)),
        ("quiet", page.calls.switch_quiet, actions.always),
        ("later", page.times.ask_later, broadcast.why_not_ready),
    ]
    for name, act, why_not in wanted:
        bound = actions.bind(page, name, act, why_not)
        bound.refused.connect(partial(page.notice.problem, "That cannot be done now."))
