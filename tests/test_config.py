"""Settings files: every default, every key, every mistake by name."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.config import (
    SETTINGS,
    Loaded,
    Settings,
    fault,
    found_by,
    load_settings,
    paths,
    resource,
    resource_names,
    write_setting,
)
from crisisdesk.config.reading import read_settings
from crisisdesk.config.writing import changed
from crisisdesk.model.errors import BadInput, StoreError
from crisisdesk.model.setting import Kind


def load(tmp_path: Path, content: str | bytes) -> Loaded:
    file = tmp_path / "settings.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_settings(file)


def test_without_a_file_everything_has_a_default(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "settings.toml") == Loaded(Settings())
    assert load(tmp_path, "") == Loaded(Settings())


def test_every_setting_can_be_set(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\n")
    content = f"""
    organisation = "Riverside Council"
    sender = "desk@riverside.example"
    database_url = "postgresql+psycopg://desk@db.example/desk"
    anchor_folder = "/srv/anchors"
    archive_mailbox = "archive@partner.example"
    timestamp_url = "http://timestamp.example/tsr"
    timestamp_ca_file = '{tmp_path / "ca.pem"}'
    poll_seconds = 30
    watch_terms = ["weir", "mill"]
    places = ["Mill Lane"]
    theme = "dark"
    extra_ca_file = '{tmp_path / "ca.pem"}'
    second_person_from = "Minor"
    break_glass = false
    posts_per_hour = 12
    text_percent = 150
    reduce_motion = true
    sounds = false
    desktop_notices = false
    broadcast_by = "two presses"
    retention_days = 90
    practice_days = 28
    backup_folder = "/mnt/copies"
    backup_hours = 12
    """
    loaded = load(tmp_path, content)
    read = loaded.settings
    assert not loaded.problems
    assert loaded.given == set(SETTINGS)
    assert read.watch_terms == ("weir", "mill")
    for each in fields(Settings):
        assert getattr(read, each.name) != each.default, each.name


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('organization = "x"', "'organization' is no setting"),
        ("organisation = 5", "'organisation' must be a text in quotes"),
        ('organisation = "a\\nb"', "'organisation' must be one line of plain text"),
        ('poll_seconds = "60"', "'poll_seconds' must be a whole number"),
        ("poll_seconds = 1.5", "'poll_seconds' must be a whole number"),
        ("poll_seconds = true", "'poll_seconds' must be a whole number"),
        ("poll_seconds = 0", "'poll_seconds' must be from 1 to 3600"),
        ("poll_seconds = -60", "'poll_seconds' must be from 1 to 3600"),
        ('watch_terms = "weir"', "'watch_terms' must be a list of texts"),
        ("places = [1]", "'places' must be a list of texts"),
        ('theme = "pink"', "'theme' must be one of auto, light, dark, contrast"),
        ("text_percent = 90", "'text_percent' must be from 100 to 200"),
        ("retention_days = -1", "'retention_days' must be from 0 to"),
        ("posts_per_hour = 0", "'posts_per_hour' must be from 1 to"),
        ("break_glass = 1", "'break_glass' must be true or false"),
        ('second_person_from = "severe"', "'second_person_from' must be one of Never, Extreme"),
        ('database_url = "mysql://db"', "'database_url' must begin with sqlite:///"),
        ('database_url = "postgresql://db"', "'database_url' must begin with"),
        ('extra_ca_file = "/nowhere.pem"', "'extra_ca_file' names no PEM file"),
        ("[organisation]", "'organisation' must be a text in quotes"),
        ("__class__ = 1", "'__class__' is no setting"),
        ("organisation = ", "cannot be read: Invalid value"),
        ("theme = pink", "cannot be read: Invalid value"),
        ("sounds = true\nsounds = false", "'sounds' is set before"),
        ("rubbish", "cannot be read"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_spoils_nothing_else(
    line: str, words: str, tmp_path: Path
) -> None:
    content = f"# mine\nsender = 'a@b.example'\n{line}\nanchor_folder = '/srv/anchors'\n"
    loaded = load(tmp_path, content)
    (problem,) = loaded.problems
    assert words in problem.words
    assert f"{tmp_path / 'settings.toml'}, line " in problem.words
    assert problem.to_do
    assert loaded.settings.sender == "a@b.example"
    if not line.startswith("["):
        assert loaded.settings.anchor_folder == "/srv/anchors"


def test_what_is_no_text_is_named_and_what_can_be_read_is_used(tmp_path: Path) -> None:
    assert load(tmp_path, b"\xff\xfeo\x00r\x00").problems
    loaded = load(tmp_path, "theme = 'dark'\norganisation = 'Café'\n".encode("latin-1"))
    assert loaded.settings == replace(Settings(), theme="dark")
    (problem,) = loaded.problems
    assert "UTF-8" in str(problem)


def test_a_file_that_cannot_be_opened_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").mkdir()
    loaded = load_settings(tmp_path / "settings.toml")
    assert loaded.settings == Settings()
    assert "cannot be read" in loaded.problems[0].words


def test_a_windows_editor_may_have_written_it(tmp_path: Path) -> None:
    loaded = load(tmp_path, b"\xef\xbb\xbfplaces = [\r\n  'Mill Lane',\r\n]\r\nsounds = false\r\n")
    assert not loaded.problems
    assert loaded.settings == replace(Settings(), places=("Mill Lane",), sounds=False)


ORDINARY = """# our desk
organisation = "Riverside # Council"  # as agreed in May

watch_terms = [
    "weir",  # the big one
    "mill]",
]
theme = pink
"""


def test_writing_keeps_everything_a_person_wrote(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(ORDINARY)
    assert write_setting(file, "organisation", 'Mill "Town"') == ORDINARY.encode()
    write_setting(file, "theme", "dark")
    write_setting(file, "sounds", False)
    assert file.read_text() == (
        ORDINARY.replace('"Riverside # Council"', '"Mill \\"Town\\""').replace(
            "theme = pink", '# theme = pink\ntheme = "dark"'
        )
        + "sounds = false\n"
    )
    write_setting(file, "watch_terms", None)
    write_setting(file, "sounds", None)
    assert "weir" not in file.read_text()
    assert "sounds" not in file.read_text()
    assert not load_settings(file).problems
    assert [each.name for each in tmp_path.iterdir()] == ["settings.toml"]


def test_a_key_is_never_put_into_a_table(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("[mine]\ntheme = 'other'\n")
    write_setting(file, "theme", "dark")
    assert load_settings(file).settings.theme == "dark"
    assert "[mine]\ntheme = 'other'\n" in file.read_text()


def test_what_is_no_text_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(b"organisation = 'Caf\xe9'\n")
    with pytest.raises(BadInput, match="UTF-8"):
        write_setting(file, "theme", "dark")
    assert file.read_bytes() == b"organisation = 'Caf\xe9'\n"


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(ORDINARY)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        write_setting(file, "theme", "dark")
    assert file.read_text() == ORDINARY
    assert [each.name for each in tmp_path.iterdir()] == ["settings.toml"]


_VALUES = {
    Kind.BOOL: lambda _: st.booleans(),
    Kind.INT: lambda each: st.integers(each.least, each.most),
    Kind.CHOICE: lambda each: st.sampled_from(each.choices),
    Kind.LIST: lambda _: st.lists(st.text(), max_size=12).map(tuple),
    Kind.TEXT: lambda _: st.text(st.characters(exclude_categories=("Cc", "Cs"))),
    Kind.FOLDER: lambda _: st.text(st.characters(exclude_categories=("Cc", "Cs"))),
}
_CHANGES = st.sampled_from(
    [
        each
        for each in SETTINGS.values()
        if each.kind is not Kind.FILE and each.key != "database_url"
    ]
).flatmap(lambda each: st.tuples(st.just(each.key), st.none() | _VALUES[each.kind](each)))
_MESS = st.lists(st.sampled_from(["", "# a remark", "x = 1", "rubbish", "y = [", 'z = """', "]"]))


@given(st.lists(_CHANGES, max_size=8), _MESS, st.booleans())
def test_every_value_comes_back_and_no_line_is_lost(
    changes: list[tuple[str, Any]], mess: list[str], windows: bool
) -> None:
    content = "".join(f"{each}\n" for each in mess)
    raw = content.replace("\n", "\r\n").encode() if windows else content.encode()
    wanted = Settings()
    for key, value in changes:
        raw = changed(raw, key, value)
        wanted = replace(wanted, **{key: SETTINGS[key].default if value is None else value})
    assert read_settings(raw, Path("settings.toml")).settings == wanted
    lines = raw.decode().splitlines()
    assert all(lines.count(each) >= mess.count(each) for each in mess)


def test_every_setting_is_declared_in_words() -> None:
    assert {each.name for each in fields(Settings)} == set(SETTINGS)
    for each in SETTINGS.values():
        assert each.words
        assert each.help.endswith(".")
        assert fault(each, each.default) == ""
        assert set(each.choices) == set(each.meanings)


def test_settings_are_found_by_their_words_help_and_key() -> None:
    assert found_by("text SIZE")[0].key == "text_percent"
    assert found_by("posts_per")[0].key == "posts_per_hour"
    assert [each.key for each in found_by("printed nonsense")] == []
    assert "break_glass" in [each.key for each in found_by("alone night") + found_by("alone need")]
    assert found_by("  ") == []


def test_the_folder_is_the_option_then_the_environment_then_the_systems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRISISDESK_HOME", str(tmp_path / "environment"))
    assert paths(str(tmp_path / "option")).home == tmp_path / "option"
    assert paths().home == tmp_path / "environment"
    monkeypatch.delenv("CRISISDESK_HOME")
    assert paths().home.name == "CrisisDesk"
    monkeypatch.chdir(tmp_path)
    assert paths("here").database == tmp_path / "here" / "desk.db"


def test_resources_come_with_the_program() -> None:
    assert "night-flood" in resource_names("scenarios")
    assert resource_names("templates", ".toml")
    assert b"alert" in resource("schemas", "cap-1.2.rng")
