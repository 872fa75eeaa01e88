"""`crisisdesk log export --format pdf`: a report to read, from a desk, an export or a bundle."""

import zipfile
from pathlib import Path

import pytest

from tests.cli.calling import crisisdesk
from tests.cli.conftest import Played
from tests.cli.test_tampering import edit_and_rechain, unfenced


@pytest.fixture(scope="module")
def papers(good_night: Played, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The night's report as PDF and as HTML."""
    out = tmp_path_factory.mktemp("papers")
    for kind in ("pdf", "html"):
        file = out / f"night.{kind}"
        called = crisisdesk("log", "export", good_night.folder, "--format", kind, "--out", file)
        assert (called.code, called.err) == (0, "")
        assert called.out.startswith("Report of ")
        assert str(file) in called.out
    return out


def test_a_pdf_is_a_pdf(papers: Path) -> None:
    assert (papers / "night.pdf").read_bytes().startswith(b"%PDF-1.7")


def test_an_export_and_a_bundle_tell_the_same(papers: Path, night: Path, tmp_path: Path) -> None:
    first = (papers / "night.html").read_text()
    for kind, name in (("jsonl", "log.jsonl"), ("bundle", "log.zip")):
        assert (
            crisisdesk("log", "export", night, "--format", kind, "--out", tmp_path / name).code == 0
        )
        out = tmp_path / f"{kind}.html"
        called = crisisdesk("log", "export", tmp_path / name, "--format", "html", "--out", out)
        assert called.code == 0, called.err
        assert out.read_text() == first
    with zipfile.ZipFile(tmp_path / "log.zip") as packed:
        assert packed.read("EXERCISE-log/report.html").decode() == first


def test_one_incident_and_a_span_are_chosen_by_the_call(night: Path, tmp_path: Path) -> None:
    out = tmp_path / "part.html"
    words = ("log", "export", night, "--format", "html", "--out", out)
    assert crisisdesk(*words, "--incident", "ZZZZ").code == 1
    assert not out.exists()
    assert crisisdesk(*words, "--since", "yesterday").code == 1
    called = crisisdesk(*words, "--since", "2026-02-03T03:00Z", "--until", "2026-02-03T03:30Z")
    assert called.code == 0, called.err
    assert len(out.read_text()) < 60_000


@pytest.mark.parametrize(
    ("kind", "option", "value"),
    [
        ("jsonl", "--incident", "K7Q3"),
        ("bundle", "--since", "2026-02-03T03:00Z"),
        ("csv", "--until", "2026-02-03T03:00Z"),
        ("csv", "--entry", "4"),
        ("proof", "--incident", "K7Q3"),
        ("disclosure", "--incident", "K7Q3"),
        ("pdf", "--plan", "plan.toml"),
    ],
)
def test_who_asks_for_a_part_is_never_given_the_whole_log(
    kind: str, option: str, value: str, night: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    called = crisisdesk("log", "export", night, "--format", kind, option, value, "--out", out)
    assert called.code == 1
    assert f"--format {kind} takes no {option}." in called.err
    assert not out.exists()


def test_a_broken_log_is_told_as_that(night: Path, tmp_path: Path) -> None:
    with unfenced(night) as connection:
        edit_and_rechain(connection)
    out = tmp_path / "broken.html"
    called = crisisdesk("log", "export", night, "--format", "html", "--out", out)
    assert called.code == 1
    assert "THE LOG DOES NOT VERIFY" in called.out
    assert "THIS LOG DOES NOT VERIFY" in out.read_text()
