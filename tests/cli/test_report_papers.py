"""The report of a night as it is written: tagged for screen readers, and said plainly where not."""

import re
import sys
import zlib
from collections import Counter
from pathlib import Path

import pytest
from lxml import html

from crisisdesk.model.audit import VerifyReport
from crisisdesk.net import gate
from crisisdesk.rules.incident.selecting import Wanted
from crisisdesk.services.incident_reporting import write_report
from crisisdesk.services.logbooks import verify_logbook
from crisisdesk.services.replaying import Replaying
from crisisdesk.system.page_files import IN_EXERCISE, Written
from crisisdesk.system.pdf import NO_LIBRARIES
from tests.cli.conftest import Played
from tests.cli.test_tampering import edit_and_rechain, unfenced

STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def opened(pdf: bytes) -> bytes:
    """A PDF with what is packed in it: its objects, its marks and what is painted."""
    parts = [pdf]
    for found in STREAM.finditer(pdf):
        try:
            parts.append(zlib.decompress(found[1]))
        except zlib.error:
            continue  # a font or a picture in another form
    return b"\n".join(parts)


def tags(pdf: bytes) -> Counter[str]:
    """How often each kind of structure is in it."""
    return Counter(each.decode() for each in re.findall(rb"/S /(\w+)", opened(pdf)))


@pytest.fixture(scope="module")
def papers(good_night: Played, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The night's report as PDF and as HTML."""
    out = tmp_path_factory.mktemp("papers")
    verified, log = verify_logbook(good_night.folder), Replaying(good_night.folder)
    for name in ("night.pdf", "night.html"):
        as_pdf = name.endswith("pdf")
        written = write_report(log.bodies, verified, Wanted(), out / name, as_pdf=as_pdf)
        assert written == Written(out / name)
    return out


def test_a_night_is_a_tagged_pdf(papers: Path) -> None:
    pdf, page = (papers / "night.pdf").read_bytes(), (papers / "night.html").read_text()
    inside, found = opened(pdf), tags(pdf)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"/MarkInfo <</Marked true>>" in inside
    assert b"/Lang (en-GB)" in inside
    assert b"/DisplayDocTitle true" in inside
    assert b"pdfuaid:part" in inside.replace(b"<", b" <")
    assert b"(EXERCISE: Incident report, Night flood, Riverside)" in inside
    assert re.search(rb"/Alt \(Timeline of 4 h", inside)
    assert found["H1"] == 1
    assert found["H2"] == page.count("<h2")
    assert found["H3"] == page.count("<h3")
    assert found["Table"] >= page.count("<table")
    assert found["TH"] > found["Table"]
    assert found["Figure"] == 1


def test_the_report_says_exercise_on_every_sheet_of_paper(papers: Path) -> None:
    page = (papers / "night.html").read_text()
    assert page.count("EXERCISE EXERCISE EXERCISE") > 10
    assert '@top-center { content: "EXERCISE EXERCISE EXERCISE"' in page


def test_every_entry_of_a_message_is_told(papers: Path, good_night: Played) -> None:
    page = (papers / "night.html").read_text()
    bodies = list(Replaying(good_night.folder).bodies())
    sent = [seq for seq, body in bodies if b'"action":"broadcast.started"' in body]
    assert len(sent) > 5
    assert all(f"[{seq}]" in page for seq in sent)


@pytest.fixture
def verified(night: Path) -> VerifyReport:
    return verify_logbook(night)


def test_without_libraries_the_page_lies_beside_and_overwrites_nothing(
    night: Path, verified: VerifyReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    (tmp_path / "report.html").write_text("of somebody else")
    written = write_report(Replaying(night).bodies, verified, Wanted(), tmp_path / "report.pdf")
    assert written.file == tmp_path / "report-2.html"
    assert NO_LIBRARIES in written.why
    assert "Night flood" in written.file.read_text()
    assert (tmp_path / "report.html").read_text() == "of somebody else"
    assert not (tmp_path / "report.pdf").exists()


def test_in_an_exercise_no_pdf_is_tried(
    night: Path, verified: VerifyReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "is_closed", lambda: True)
    monkeypatch.setattr("crisisdesk.system.page_files.pdf_of", None)
    written = write_report(Replaying(night).bodies, verified, Wanted(), tmp_path / "report.pdf")
    assert written.why.startswith(IN_EXERCISE)
    assert written.file == tmp_path / "report.html"


def test_a_broken_log_is_told_as_that(night: Path, tmp_path: Path) -> None:
    with unfenced(night) as connection:
        edit_and_rechain(connection)
    out = tmp_path / "broken.html"
    found = verify_logbook(night)
    write_report(Replaying(night).bodies, found, Wanted(), out, as_pdf=False)
    assert "THIS LOG DOES NOT VERIFY" in out.read_text()
    assert found.findings[0].words in html.document_fromstring(out.read_text()).text_content()
