"""Scenario packs as they come: good ones are kept whole, bad ones refused with their place."""

import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from crisisdesk.config import resource
from crisisdesk.model.errors import BadInput
from crisisdesk.system.pack_files import LARGEST_FILE, MOST_FILES, open_pack
from crisisdesk.system.scenario_files import (
    add_pack,
    added_scenarios,
    load_scenario,
    shipped_scenarios,
)

SMALL = """id = "burst-main"
name = "Burst main"
summary = "Small."
codeword = "Otter"
length_minutes = 10
incident_name = "Burst main"

[[injects]]
id = "call"
at = 1
method = "telephone"
from = "Control"
text = "A main has burst."
media = [{ file = "media/map.png", shows = "The street" }]

[[goals]]
id = "logged"
words = "Written down"
after = "call"
do = "note"
within_minutes = 5
"""


def folder(place: Path, text: str = SMALL) -> Path:
    (place / "media").mkdir(parents=True)
    (place / "scenario.toml").write_text(text, encoding="utf-8")
    (place / "media" / "map.png").write_bytes(b"a picture")
    (place / "media" / "notes.txt").write_text("nobody names this")
    return place


def zipped(place: Path, files: dict[str, bytes], compress: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(place, "w", compress) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return place


GOOD = {"scenario.toml": SMALL.encode(), "media/map.png": b"a picture"}


@pytest.mark.parametrize("top", ["", "burst-main/"])
def test_a_zip_and_a_folder_make_the_same_pack(tmp_path: Path, top: str) -> None:
    pack = open_pack(folder(tmp_path / "pack"))
    assert pack.media == {"media/map.png": b"a picture"}
    archive = zipped(tmp_path / "pack.zip", {f"{top}{name}": each for name, each in GOOD.items()})
    assert open_pack(archive) == pack
    assert open_pack(tmp_path / "pack" / "scenario.toml") == pack


def test_a_file_is_read_itself_whatever_lies_beside_it(tmp_path: Path) -> None:
    downloads = folder(tmp_path / "downloads", SMALL.replace("burst-main", "another"))
    for number in range(MOST_FILES + 1):
        (downloads / f"{number}.txt").write_text("nobody asked for this")
    own = downloads / "own.toml"
    own.write_text(SMALL)
    pack = open_pack(own)
    assert pack.scenario.id == "burst-main"
    assert pack.media == {"media/map.png": b"a picture"}
    own.write_text(SMALL.replace("map.png", "../../secret.png"))
    (tmp_path / "secret.png").write_bytes(b"secret")
    with pytest.raises(BadInput, match=r"own\.toml"):
        open_pack(own)


def test_a_file_of_another_kind_is_not_taken_for_what_lies_beside_it(tmp_path: Path) -> None:
    other = folder(tmp_path / "pack") / "torn.zip"
    other.write_bytes(b"no zip any more")
    with pytest.raises(BadInput, match=r"torn\.zip is neither a zip nor a scenario\.toml"):
        open_pack(other)


def test_an_added_pack_is_found_by_its_name_and_replaces_an_older_one(tmp_path: Path) -> None:
    added = tmp_path / "home" / "scenarios"
    pack = open_pack(folder(tmp_path / "pack"))
    assert add_pack(pack, added) == added / "burst-main"
    assert load_scenario("burst-main", added) == pack.scenario
    newer = open_pack(folder(tmp_path / "newer", SMALL.replace("Small.", "Better.")))
    add_pack(newer, added)
    assert [each.summary for each in added_scenarios(added)] == ["Better."]
    assert (added / "burst-main" / "media" / "map.png").read_bytes() == b"a picture"
    assert [each.name for each in added.iterdir()] == ["burst-main"]


def test_one_that_was_spoilt_since_is_left_out_and_the_others_stay(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    add_pack(open_pack(folder(tmp_path / "a")), tmp_path / "home")
    other = SMALL.replace("burst-main", "other")
    place = add_pack(open_pack(folder(tmp_path / "b", other)), tmp_path / "home")
    (place / "scenario.toml").write_text("id = 3")
    assert [each.id for each in added_scenarios(tmp_path / "home")] == ["burst-main"]
    assert "other" in caplog.text


def test_the_name_of_a_scenario_of_the_program_is_not_taken(tmp_path: Path) -> None:
    text = resource("scenarios", "first-drill", "scenario.toml").decode()
    (tmp_path / "scenario.toml").write_text(text)
    with pytest.raises(BadInput, match="'first-drill' already"):
        add_pack(open_pack(tmp_path), tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_what_ships_can_be_read() -> None:
    assert {"first-drill", "night-flood"} <= {each.id for each in shipped_scenarios()}


def changed(old: str, new: str) -> bytes:
    assert old in SMALL
    return SMALL.replace(old, new, 1).encode()


BOMB = b"\0" * (LARGEST_FILE + 1)
DEEP = b"deep = " + b"[" * 5_000 + b"]" * 5_000

TEXTS: dict[str, tuple[bytes, str]] = {
    "no table at all": (b"\x00\x01\x02", "line 1"),
    "not UTF-8": (SMALL.encode("utf-16"), "line 1: this is no UTF-8 text"),
    "a later line not UTF-8": (SMALL.encode() + b"\nx = '\xff'", "line 23: this is no UTF-8 text"),
    "no TOML": (SMALL.encode() + b"\n[[", "at end of document"),
    "a time that is none": (
        changed("at = 1\n", 'at = "soon"\n'),
        "line 10: injects number 1 (call): at",
    ),
    "a time before the start": (changed("at = 1\n", "at = -1\n"), "line 10: injects number 1"),
    "a time after the end": (
        changed("at = 1\n", "at = 11\n"),
        "line 10: the inject 'call' comes after",
    ),
    "a time that never comes": (changed("at = 1\n", "at = inf\n"), "line 10"),
    "no number": (changed("at = 1\n", "at = nan\n"), "line 10"),
    "a yes for a time": (changed("at = 1\n", "at = true\n"), "line 10"),
    "a length of years": (
        changed("length_minutes = 10", "length_minutes = 1e9"),
        "line 5: the top",
    ),
    "an unknown key": (changed("summary", "sumary"), "line 3: the top of the file: unknown key"),
    "an unknown method": (
        changed('"telephone"', '"owl"'),
        "line 11: injects number 1 (call): method",
    ),
    "a loop to itself": (
        changed("at = 1\n", 'at = 1\nafter = "call"\n'),
        "line 11: injects number 1 (call): it waits for itself",
    ),
    "after nothing": (
        changed("at = 1\n", 'after = "owl"\n'),
        "line 10: injects number 1: after names 'owl'",
    ),
    "a goal after nothing": (
        changed('after = "call"', 'after = "owl"'),
        "line 19: goals number 1: after names",
    ),
    "an id that leads elsewhere": (
        changed('"burst-main"', '"../../etc"'),
        "line 1: the top of the file: id must",
    ),
    "an id with a slash": (changed('"burst-main"', '"a/b"'), "line 1"),
    "a reserved nothing": (
        changed('"burst-main"', '""'),
        "line 1: the top of the file: id must be text",
    ),
    "an army": (
        changed("at = 1\n", "at = 1\ncopies = 1000000000\n"),
        "line 11: injects number 1 (call): copies",
    ),
    "a field of 10 MB": (changed("A main has burst.", "x" * 10_000_000), "larger than"),
    "a field of 1 MB": (
        changed("A main has burst.", "x" * 1_000_000),
        "line 13: injects number 1 (call): text is longer",
    ),
    "deep nesting": (DEEP, "scenario.toml"),
    "a list for a text": (changed('name = "Burst main"', "name = []"), "line 2"),
    "a table for a list": (
        changed("[[injects]]", "[injects]"),
        "injects must be written as [[injects]]",
    ),
    "media outside": (
        changed("media/map.png", "../map.png"),
        "'call' names '../map.png', which is not in",
    ),
    "media that is missing": (changed("media/map.png", "media/no.png"), "which is not in the pack"),
    "a date that is none": (
        changed("codeword", 'day = "31 June"\ncodeword'),
        "line 4: the top of the file: day",
    ),
}


@pytest.mark.parametrize("kind", ["folder", "zip"])
@pytest.mark.parametrize("name", TEXTS)
def test_a_malformed_file_is_refused_with_file_line_and_reason(
    tmp_path: Path, name: str, kind: str
) -> None:
    content, reason = TEXTS[name]
    if kind == "zip":
        path = zipped(tmp_path / "pack.zip", GOOD | {"scenario.toml": content})
    else:
        path = folder(tmp_path / "pack")
        (path / "scenario.toml").write_bytes(content)
    with pytest.raises(BadInput) as caught:
        open_pack(path)
    assert reason in caught.value.problem
    assert "scenario.toml" in caught.value.problem
    assert len(caught.value.problem) < 500


def escaping(name: str) -> Callable[[Path], Path]:
    return lambda place: zipped(place, GOOD | {name: b"out"})


def a_link(place: Path) -> Path:
    with zipfile.ZipFile(place, "w") as archive:
        for name, content in GOOD.items():
            archive.writestr(name, content)
        link = zipfile.ZipInfo("media/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return place


def a_liar(place: Path) -> Path:
    """The size that stands in the directory is smaller than what comes out."""
    zipped(place, GOOD | {"media/big.bin": BOMB})
    data = bytearray(place.read_bytes())
    true_size = len(BOMB).to_bytes(4, "little")
    while (at := data.find(true_size)) >= 0:
        data[at : at + 4] = (5).to_bytes(4, "little")
    place.write_bytes(data)
    return place


def cut_short(place: Path) -> Path:
    whole = zipped(place, GOOD).read_bytes()
    place.write_bytes(whole[: len(whole) // 2] + whole[-22:])
    return place


def twice(place: Path) -> Path:
    with zipfile.ZipFile(place, "w") as archive:
        for name in ("scenario.toml", "Scenario.TOML"):
            archive.writestr(name, SMALL)
    return place


def encrypted(place: Path) -> Path:
    data = bytearray(zipped(place, GOOD).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        data[at + offset] |= 1
    place.write_bytes(data)
    return place


def nested_bomb(place: Path) -> Path:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", BOMB)
    return zipped(place, {"inner.zip": inner.getvalue()})


ZIPS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a way up": (escaping("../../evil.toml"), "outside its folder"),
    "a way up inside": (escaping("media/../../evil.toml"), "outside its folder"),
    "from the root": (escaping("/etc/cron.d/evil"), "outside its folder"),
    "a drive": (escaping("C:/evil.toml"), "outside its folder"),
    "backslashes": (escaping("..\\evil.toml"), "outside its folder"),
    "a link": (a_link, "a link"),
    "a bomb": (lambda place: zipped(place, GOOD | {"media/big.bin": BOMB}), "larger than"),
    "many files at once too large": (
        lambda place: zipped(place, GOOD | {f"m/{n}": BOMB[:-1] for n in range(6)}),
        "unpacks to more than",
    ),
    "a size that lies": (a_liar, ""),
    "too many files": (
        lambda place: zipped(place, GOOD | {f"m/{n}": b"" for n in range(MOST_FILES)}),
        "more than 200 files",
    ),
    "a bomb in a bomb": (nested_bomb, "no scenario.toml"),
    "cut short": (cut_short, "damaged"),
    "the same twice": (twice, "twice"),
    "encrypted": (encrypted, "encrypted"),
    "no scenario": (lambda place: zipped(place, {"readme.txt": b"hello"}), "no scenario.toml"),
}


@pytest.mark.parametrize("name", ZIPS)
def test_a_zip_with_tricks_is_refused_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    make, reason = ZIPS[name]
    path = make(tmp_path / "pack.zip")
    with pytest.raises(BadInput) as caught:
        open_pack(path)
    assert "pack.zip" in caught.value.problem
    assert reason in caught.value.problem
    assert [each.name for each in tmp_path.iterdir()] == ["pack.zip"]


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"secret")
    pack = folder(tmp_path / "pack", SMALL.replace("map.png", "link.png"))
    (pack / "media" / "link.png").symlink_to(secret)
    with pytest.raises(BadInput, match="not in the pack"):
        open_pack(pack)


@pytest.mark.parametrize("name", ["nothing.zip", "nothing"])
def test_what_is_not_there_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="nothing"):
        open_pack(tmp_path / name)
