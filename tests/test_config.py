"""Settings files: every default, every key, every mistake by name."""

from dataclasses import fields
from pathlib import Path

import pytest

from crisisdesk.config import Settings, load_settings, paths, resource, resource_names
from crisisdesk.model.errors import BadInput


def load(tmp_path: Path, content: str | bytes) -> Settings:
    file = tmp_path / "settings.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_settings(file)


def test_without_a_file_everything_has_a_default(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "settings.toml") == Settings()
    assert load(tmp_path, "") == Settings()


def test_every_setting_can_be_set(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\n")
    content = f"""
    organisation = "Riverside Council"
    sender = "desk@riverside.example"
    database_url = "postgresql+psycopg://desk@db.example/desk"
    anchor_folder = "/srv/anchors"
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
    """
    read = load(tmp_path, content)
    assert read.watch_terms == ("weir", "mill")
    for each in fields(Settings):
        assert getattr(read, each.name) != each.default, each.name


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('organization = "x"', "'organization' is no setting"),
        ("organisation = 5", "'organisation' must be a text in quotes"),
        ('poll_seconds = "60"', "'poll_seconds' must be a whole number"),
        ("poll_seconds = 1.5", "'poll_seconds' must be a whole number"),
        ("poll_seconds = true", "'poll_seconds' must be a whole number"),
        ("poll_seconds = 0", "'poll_seconds' must be 1 or more"),
        ("poll_seconds = -60", "'poll_seconds' must be 1 or more"),
        ('watch_terms = "weir"', "'watch_terms' must be a list of texts"),
        ("places = [1]", "'places' must be a list of texts"),
        ('theme = "pink"', "'theme' must be one of auto, light, dark, contrast"),
        ("text_percent = 90", "'text_percent' must be from 100 to 200"),
        ("retention_days = -1", "'retention_days' must be 0 or more"),
        ("posts_per_hour = 0", "'posts_per_hour' must be 1 or more"),
        ("break_glass = 1", "'break_glass' must be true or false"),
        ('second_person_from = "severe"', "'second_person_from' must be one of Never, Extreme"),
        ('database_url = "mysql://db"', "'database_url' must begin with sqlite:///"),
        ('database_url = "postgresql://db"', "'database_url' must begin with"),
        ('extra_ca_file = "/nowhere.pem"', "'extra_ca_file' names no PEM file"),
        ("[organisation]", "'organisation' must be a text in quotes"),
        ("__class__ = 1", "'__class__' is no setting"),
    ],
)
def test_a_mistake_is_named_with_file_and_key(line: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        load(tmp_path, f"{line}\n")
    assert words in caught.value.problem
    assert str(tmp_path / "settings.toml") in caught.value.problem
    assert caught.value.to_do


@pytest.mark.parametrize("content", [b"organisation = ", b"\xff\xfe", b"a = 1\na = 2\n"])
def test_what_is_no_settings_file_is_named(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        load(tmp_path, content)


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
