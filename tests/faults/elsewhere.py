"""Where the faults are shown that are no single request, and which cannot strike a channel."""

WHOLE = "tests/faults/test_whole_desk.py"
ELSEWHERE: dict[str, tuple[tuple[str, str], ...]] = {
    "F6": (
        (WHOLE, "test_f6_waits_as_long_as_asked_and_never_absurdly"),
        (WHOLE, "test_f6_a_wait_ends_with_the_alert"),
    ),
    "F13": ((WHOLE, "test_f13_the_network_drops_in_mid_broadcast"),),
    "F21": (
        (WHOLE, "test_f21_a_locked_keyring_stops_its_channel_alone"),
        (WHOLE, "test_f21_a_keyring_that_waits_for_somebody_holds_up_no_other_channel"),
        ("tests/system/test_secrets.py", "test_a_keyring_that_does_not_encrypt_is_not_used"),
    ),
    "F22": (
        (WHOLE, "test_f22_a_feed_without_end_is_cut_off_and_alerts_go_meanwhile"),
        ("tests/services/test_intake.py", "test_whatever_overlaps_each_item_is_stored_once"),
    ),
    "F23": (
        (WHOLE, "test_f23_a_desk_whose_log_is_broken_names_the_break_in_what_it_signs"),
        (
            "tests/cli/test_tampering.py",
            "test_the_command_answers_1_and_names_the_first_bad_entry",
        ),
    ),
    "F25": (
        (WHOLE, "test_f25_what_an_older_version_was_sending_is_unknown_and_looked_for"),
        ("tests/store/test_upgrade.py", "test_a_newer_database_is_refused_and_left_alone"),
    ),
}
"""The tests, by file and name, of faults that are no single request."""

RIGS = frozenset({"F14", "F15", "F16", "F17", "F18", "F19", "F20", "F24"})
"""Killed processes, lost power, full disks, held databases, two desks and wrong clocks: broken for
real by rigs of their own, not here."""

EVERY_FAULT = tuple(f"F{number}" for number in range(1, 26))
NOT_APPLICABLE = {
    "F2": {"cap"}, "F3": {"cap"}, "F6": {"cap"}, "F7": {"cap"}, "F8": {"cap"}, "F10": {"cap"},
    "F9": {"cap", "mail"}, "F11": {"cap"}, "F12": {"cap", "mail"},
}  # fmt: skip
"""A folder has no certificate, no status and no sign-in; SMTP has no redirect and no duplicates."""
