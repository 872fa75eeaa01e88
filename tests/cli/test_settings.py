"""`settings`: every setting with its value and where it comes from; a mistake makes the exit 1."""

from pathlib import Path

from crisisdesk.config import SETTINGS
from tests.cli.calling import crisisdesk


def test_every_setting_is_told_with_its_origin(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(
        "posts_per_hour = 7\nwatch_terms = ['weir']\n"
        "database_url = 'postgresql+psycopg://desk:hunter2@db.example/desk'\n"
    )
    called = crisisdesk("settings", "--data", str(tmp_path))
    assert (called.code, called.err) == (0, "")
    assert "posts_per_hour = 7\n" in called.out
    assert 'watch_terms = ["weir"]\n' in called.out
    assert 'theme = "auto" (default)\n' in called.out
    assert "hunter2" not in called.out
    assert all(each.words in called.out for each in SETTINGS.values())


def test_a_mistake_is_told_and_words_narrow(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("theme = 'pink'\n")
    called = crisisdesk("settings", "text", "size", "--data", str(tmp_path))
    assert called.code == 1
    assert called.out.startswith("text_percent = 100 (default)\n")
    assert "'theme' must be one of auto, light, dark, contrast" in called.err
    assert "line 1" in called.err


def test_words_that_no_setting_has_are_answered(tmp_path: Path) -> None:
    called = crisisdesk("settings", "weather", "--data", str(tmp_path))
    assert (called.code, called.out) == (0, "")
    assert called.err == "No setting has these words.\n"
