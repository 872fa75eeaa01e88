"""The dispatch pack: frozen texts to the byte, what is out, and papers nothing can break."""

import re
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from crisisdesk.model.account import Account
from crisisdesk.model.alert import Alert, Rendered
from crisisdesk.model.delivery import Delivery, DeliveryState, RecipientResult, Verdict
from crisisdesk.model.media import Image
from crisisdesk.model.mode import Mode
from crisisdesk.model.template import Step
from crisisdesk.rules.by_hand import spelled, spoken_links
from crisisdesk.rules.composing import EXERCISE_PREFIX
from crisisdesk.rules.handing import before, handed, handed_to, kept
from crisisdesk.rules.pack_papers import files, folder_name, phone_script, readme, safe_name, sheet
from crisisdesk.rules.packing import Known, Pack, pack_of
from tests.rules.test_capping import NOW, alert
from tests.ui.hostile import MARKUP

S, V = DeliveryState, Verdict
LOCAL = NOW.astimezone(timezone(timedelta(hours=1)))
KINDS = ("mastodon", "bluesky", "email", "cap", "carrier-pigeon")
ACCOUNTS = (
    Account("m", "mastodon", "Council Mastodon", {"server": "https://social.example"}),
    Account("b", "bluesky", "Bluesky", {"server": "https://pds.example", "handle": "c.example"}),
    Account("e", "email", "Press list", {"sender": "a@x", "recipients": "p@x, q@x\nr@x"}),
    Account("c", "cap", "CAP feed"),
)
texts = st.text(max_size=400)
words = st.text(max_size=60)


def composed(*parts: Rendered, mode: Mode = Mode.LIVE, **more: object) -> Alert:
    """An alert with these texts, four channels when none is given."""
    usual = tuple(
        Rendered(each.id, each.kind, "en", f"Text for {each.name}\nRef K7Q3-1", "Subject")
        for each in ACCOUNTS
    )
    return replace(alert(Step.ALERT, mode), rendered=parts or usual, **more)  # type: ignore[arg-type]


def delivered(account_id: str, state: S, evidence: str = "", *results: RecipientResult) -> Delivery:
    return Delivery(
        f"d-{account_id}", "alert-1", account_id, "en", state, "key", "Text", "", "", "",
        evidence, NOW, NOW, results,
    )  # fmt: skip


def packed(of: Alert, *deliveries: Delivery) -> Pack:
    return pack_of(of, Known(deliveries, ACCOUNTS), LOCAL)


def file_of(pack: Pack, account_id: str) -> bytes:
    number = next(n for n, each in enumerate(pack.parts, 1) if each.account_id == account_id)
    content = files(pack)
    plain = [name for name in content if re.search(rf"{number:02d}-[^.]*-[a-z]+\.txt$", name)]
    names = [n for n in plain if not n.endswith(("-subject.txt", "-addresses.txt"))]
    return content[names[0]]


@given(
    st.lists(st.tuples(st.sampled_from(KINDS), texts), min_size=1, max_size=5),
    st.sampled_from(Mode),
)
def test_every_text_is_the_frozen_one_to_the_byte(drawn: list[tuple[str, str]], mode: Mode) -> None:
    parts = tuple(Rendered(f"a{n}", kind, "en", text) for n, (kind, text) in enumerate(drawn))
    pack = packed(composed(*parts, mode=mode))
    assert sorted((each.account_id, each.text) for each in pack.parts) == sorted(
        (each.account_id, each.text) for each in parts
    )
    for each in parts:
        assert file_of(pack, each.account_id) == each.text.encode()
    assert pack.read_aloud[0].text in phone_script(pack)


@given(texts, words, words)
def test_no_word_of_the_alert_becomes_markup(text: str, name: str, subject: str) -> None:
    """Whatever stands in texts, names and evidence: the sheet has exactly its own elements."""
    part = Rendered("x", "email", "en", f"{MARKUP}{text}", f"{MARKUP}{subject}")
    accounts = [Account("x", "email", f"</td>{MARKUP}{name}", {"recipients": "a@x"})]
    evidence = f'"><script>alert(1)</script>{name}'
    known = Known([delivered("x", S.FAILED, evidence)], accounts)
    nasty = composed(part, headline=f"</title>{MARKUP}{subject}", marker="Ref <b>-1")
    page = sheet(pack_of(nasty, known, LOCAL))
    calm = composed(Rendered("x", "email", "en", "a", "b"))
    plain = sheet(
        pack_of(
            calm,
            Known(
                [delivered("x", S.FAILED, "c")], [Account("x", "email", "n", {"recipients": "a@x"})]
            ),
            LOCAL,
        )
    )
    assert set(re.findall(r"<[a-z!/]+", page.lower())) == set(
        re.findall(r"<[a-z!/]+", plain.lower())
    )
    assert page.count("<script") == page.count("<img") == page.count("<i>") == 0
    assert MARKUP.split("<img")[0] in html.fromstring(page).text_content()


@given(words)
def test_file_names_are_safe_everywhere(name: str) -> None:
    safe = safe_name(name)
    assert re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", safe)
    assert len(safe) <= 40


@given(st.lists(words, min_size=1, max_size=6))
def test_no_two_files_share_a_name(names: list[str]) -> None:
    parts = tuple(Rendered(f"a{n}", "email", "en", "text", "subject") for n in range(len(names)))
    accounts = [
        Account(f"a{n}", "email", name, {"recipients": "p@x"}) for n, name in enumerate(names)
    ]
    made = files(pack_of(composed(*parts), Known((), accounts), LOCAL))
    assert len({name.lower() for name in made}) == 3 * len(names) + 3
    assert not [name for name in made if "/" in name or "\\" in name or name.startswith(".")]


def test_an_exercise_says_so_on_every_paper() -> None:
    pack = packed(composed(mode=Mode.EXERCISE))
    made = files(pack)
    assert all(name.startswith("EXERCISE-") for name in made)
    assert folder_name(pack).startswith("EXERCISE-Ref-K7Q3-1-2026")
    for paper in (readme(pack), phone_script(pack)):
        assert paper.startswith(EXERCISE_PREFIX)
        assert paper.rstrip().endswith(EXERCISE_PREFIX)
    assert all(
        each.steps[0].startswith("EXERCISE: do none of this for real") for each in pack.parts
    )
    pages = sheet(pack).count("page-break-before") + 1
    assert sheet(pack).count(EXERCISE_PREFIX) == pages == 5
    assert readme(pack).count("do none of this for real") == 4


def test_a_live_pack_says_exercise_nowhere() -> None:
    pack = packed(composed())
    assert not [name for name in files(pack) if "exercise" in name.lower()]
    papers = readme(pack) + phone_script(pack) + sheet(pack)
    assert "exercise" not in papers.lower()


def test_what_is_not_out_comes_first_and_machines_last() -> None:
    pack = packed(
        composed(),
        delivered("m", S.CONFIRMED, "Read back."),
        delivered("b", S.UNKNOWN, "No answer."),
        delivered("e", S.FAILED, "Refused: no."),
        delivered("c", S.RETRYING, "Disk full."),
    )
    assert [each.account_id for each in pack.parts] == ["e", "b", "m", "c"]


@pytest.mark.parametrize(
    ("state", "says", "warns", "may"),
    [
        (None, "was not broadcast", "", True),
        (S.PREPARED, "Not sent yet", "", True),
        (S.HELD, "held", "", True),
        (S.RETRYING, "Not sent", "", True),
        (S.FAILED, "Not sent: refused", "", True),
        (S.SENDING, "this moment", "wait", False),
        (S.UNKNOWN, "look first, it may be out", "look first", True),
        (S.ACCEPTED, "Is out", "do not post it again", False),
        (S.CONFIRMED, "Is out", "do not post it again", False),
        (S.WITHDRAWN, "taken down", "do not post it", False),
    ],
)
def test_each_state_is_told_in_words(state: S | None, says: str, warns: str, may: bool) -> None:
    deliveries = [delivered("m", state, "Because.")] if state else []
    (part,) = packed(composed(Rendered("m", "mastodon", "en", "Text")), *deliveries).parts
    assert says in part.state_words
    assert (warns in part.warning) if warns else part.warning == ""
    assert part.may_be_handed is may
    assert part.doubtful is (state is S.UNKNOWN)
    papers = files(packed(composed(Rendered("m", "mastodon", "en", "Text")), *deliveries))
    for name in ("README.txt", "sheet.html"):
        assert part.warning in papers[name].decode()


def test_what_somebody_has_in_hand_is_not_offered_again() -> None:
    part = packed(composed(), delivered("m", S.HELD, handed("Ann Lee", "04:10"))).parts[-2]
    assert (part.account_id, part.handed_to, part.may_be_handed) == ("m", "Ann Lee", False)
    assert part.state_words == "Handed to Ann Lee at 04:10 to be posted by hand; ask them."
    out = packed(composed(), delivered("m", S.CONFIRMED, kept(handed("Ann", "04:10"), "Read.")))
    (found,) = [each for each in out.parts if each.account_id == "m"]
    assert found.warning.endswith("Tell Ann.")


def test_a_list_is_written_to_where_it_has_not_arrived() -> None:
    results = (
        RecipientResult("p@x", V.ACCEPTED, ""),
        RecipientResult("q@x", V.NOT_SENT, ""),
        RecipientResult("r@x", V.REFUSED, ""),
    )
    fresh = packed(composed())
    half = packed(composed(), delivered("e", S.RETRYING, "Busy.", *results))
    addresses = [
        next(each.addresses for each in pack.parts if each.kind == "email")
        for pack in (fresh, half)
    ]
    assert addresses == [("p@x", "q@x", "r@x"), ("q@x", "r@x")]
    assert "1 of 3 addresses have it" in readme(half)
    assert b"q@x\nr@x\n" in files(half).values()
    assert "p@x" not in sheet(fresh)  # paper lies about; the list is a file of its own


def test_expired_and_unapproved_messages_carry_a_warning() -> None:
    late = packed(composed(expires_at=NOW))
    assert "expired" in late.warnings[0]
    assert all("has expired" in paper for paper in (readme(late), phone_script(late), sheet(late)))
    lone = composed(second_person=True)
    assert "second person" in packed(lone).warnings[0]
    assert packed(lone, delivered("m", S.FAILED)).warnings == ()


def test_a_follow_up_answers_the_earlier_message_and_pictures_are_named() -> None:
    earlier = {("m", "en"): "https://social.example/@c/1"}
    picture = Image("0" * 64, "image/png", 10, 10, 10, "a map of the cordon")
    pack = pack_of(composed(images=(picture,)), Known((), ACCOUNTS, earlier=earlier), LOCAL)
    steps = {each.account_id: " ".join(each.steps) for each in pack.parts}
    assert "answer it" in steps["m"]
    assert earlier["m", "en"] in steps["m"]
    assert "answer it" not in steps["b"]
    assert all("a map of the cordon" in steps[name] for name in ("m", "b", "e"))
    assert "Bcc" in steps["e"]
    assert "@c.example" in steps["b"]
    assert "social.example" in steps["m"]


def test_each_language_is_read_out_once() -> None:
    parts = [
        Rendered(name, kind, language, f"{kind} {language}")
        for name, kind in (("b", "bluesky"), ("e", "email"), ("m", "mastodon"))
        for language in ("en", "cy")
    ]
    pack = packed(composed(*parts))
    assert [each.text for each in pack.read_aloud] == ["mastodon en", "mastodon cy"]
    script = phone_script(pack)
    assert script.index("In English:") < script.index("In Welsh:")


def test_times_are_local() -> None:
    assert packed(composed()).until == "11:00 on 20 August 2026"


def test_references_and_addresses_are_spelled_for_the_telephone() -> None:
    assert spelled("Ref K7Q3-12") == "Kilo, Seven, Quebec, Three, dash, One, Two"
    assert spoken_links("See https://a.example/roads-1. Or http://b.example/") == [
        "a dot example slash roads dash 1",
        "b dot example",
    ]


@given(words, st.text(max_size=80))
def test_the_evidence_tells_who_has_it_in_hand(name: str, earlier: str) -> None:
    name = " ".join(name.split()) or "Ann"
    told = handed(name, "04:10", earlier)
    if "Handed to" not in name and "to be posted by hand" not in name:
        assert handed_to(told) == name
        assert before(told) == earlier.strip()
        assert handed_to(kept(told, "Not among the newest 40 posts.")) == name
    assert kept("The server refused.", earlier) == earlier
