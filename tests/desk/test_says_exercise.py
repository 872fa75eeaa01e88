"""Every artefact of an exercise says so: published, logged, exported, handed on and saved."""

import csv
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from crisisdesk.config import DATABASE_NAME
from crisisdesk.desk import open_exercise
from crisisdesk.desk.exercise import ExerciseDesk
from crisisdesk.model.account import Account
from crisisdesk.model.alert import Alert
from crisisdesk.model.draft import Draft
from crisisdesk.model.mode import Mode
from crisisdesk.model.template import Step, Template
from crisisdesk.rules.cap_read import parse
from crisisdesk.rules.composing import EXERCISE_PREFIX, headline, render
from crisisdesk.rules.pack_papers import files, folder_name, phone_script, sheet
from crisisdesk.services.disclosing import write_bundle, write_csv, write_paper_anchor
from crisisdesk.services.logbooks import export_jsonl, read_entries
from crisisdesk.system.template_files import load_templates

TEMPLATES, _ = load_templates(None)
ACCOUNTS = [Account(kind, kind, kind, {}) for kind in ("mastodon", "bluesky", "email", "cap")]
GIVEN = {"ref": "Ref K7Q3-1", "sent_time": "02:00", "sender_name": "Riverside Council"}


def typed(template: Template) -> dict[str, str]:
    return {field.name: field.example for field in template.fields}


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("name", TEMPLATES)
def test_every_wording_of_every_template_begins_with_it(name: str, step: Step) -> None:
    template = TEMPLATES[name]
    values = typed(template) | GIVEN
    parts = render(template, step, values, ACCOUNTS, Mode.EXERCISE)
    assert len(parts) >= len(ACCOUNTS)
    for part in parts:
        assert part.text.startswith(EXERCISE_PREFIX)
        assert part.subject.startswith("EXERCISE: ")
    assert headline(template, step, values, Mode.EXERCISE).startswith("EXERCISE: ")


@pytest.fixture
def desk(tmp_path: Path, way_out: None) -> Iterator[ExerciseDesk]:
    opened = open_exercise("first-drill", tmp_path / "exercise", 0.0)
    yield opened
    opened.close()


def say(desk: ExerciseDesk) -> Alert:
    """A road closure, on every channel."""
    incident = desk.composing.open_incident("Burst main", desk.player)
    template = desk.composing.templates["road-closure"]
    accounts = tuple(each.id for each in desk.composing.accounts())
    draft = Draft(incident.id, template.id, Step.ALERT, typed(template), accounts)
    alert = desk.composing.compose(draft, desk.player)
    for sent in desk.dispatch.broadcast(alert.id, desk.player):
        sent.result()
    desk.workers.wait_until_quiet()
    return alert


def test_what_is_published_says_it_on_every_network(desk: ExerciseDesk) -> None:
    say(desk)
    world = desk.exercising.world
    (status,) = [each for each in world.mastodon.statuses if each.author == "riverside"]
    assert status.text.startswith(EXERCISE_PREFIX)
    posts = desk.channels.get(_account(desk, "bluesky"))[0].own_posts()
    assert posts
    assert all(each.text.startswith(EXERCISE_PREFIX) for each in posts)
    (mail,) = [message_from_bytes(each.data, policy=default) for each in world.mail.messages]
    assert mail["Subject"].startswith("EXERCISE: ")
    assert mail.get_body().get_content().startswith(EXERCISE_PREFIX)
    files_of_cap = [*(desk.paths.home / "cap").glob("*.xml")]
    assert files_of_cap
    for file in files_of_cap:
        cap = parse(file.read_bytes())
        assert cap.status == "Exercise"
        assert cap.infos[0].headline.startswith("EXERCISE")


def _account(desk: ExerciseDesk, kind: str) -> str:
    return next(each.id for each in desk.composing.accounts() if each.kind == kind)


def test_every_row_and_every_export_of_the_log_says_it(desk: ExerciseDesk, tmp_path: Path) -> None:
    say(desk)
    entries = read_entries(desk.paths.home)
    assert {entry["mode"] for entry in entries} == {"exercise"}
    export_jsonl(desk.paths.home, tmp_path / "log.jsonl")
    header, *lines = (tmp_path / "log.jsonl").read_text().splitlines()
    assert header.startswith('{"crisisdesk_log":')
    assert all('"mode":"exercise"' in line or "mode exercise" in line for line in lines)
    database = desk.paths.home / DATABASE_NAME
    write_csv(database, tmp_path / "log.csv")
    with (tmp_path / "log.csv").open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) == len(entries)
    assert {row["mode"] for row in rows} == {"EXERCISE"}
    write_bundle(database, tmp_path / "log.zip")
    with zipfile.ZipFile(tmp_path / "log.zip") as bundle:
        assert {name.split("/")[0] for name in bundle.namelist()} == {"EXERCISE-log"}
        readme = next(name for name in bundle.namelist() if name.endswith("README.txt"))
        assert bundle.read(readme).decode().startswith(EXERCISE_PREFIX)
    write_paper_anchor(database, tmp_path / "anchor.html")
    assert "EXERCISE" in (tmp_path / "anchor.html").read_text(encoding="utf-8")


def test_every_paper_of_a_pack_and_its_name_says_it(desk: ExerciseDesk) -> None:
    pack = desk.handing_over.pack(say(desk).id)
    assert folder_name(pack).startswith("EXERCISE-")
    for name, content in files(pack).items():
        assert name.startswith("EXERCISE-")
        assert "EXERCISE" in content.decode() or name.endswith("-addresses.txt")
    assert "EXERCISE" in phone_script(pack)
    assert sheet(pack).count("EXERCISE") > len(pack.parts)


def test_the_report_says_it(desk: ExerciseDesk) -> None:
    desk.exercising.end()
    desk.after_action.write(desk.paths.home)
    written = list(desk.paths.home.glob("report.*"))
    assert {each.suffix for each in written} >= {".json", ".html"}
    for each in written:
        assert "exercise" in each.read_text(encoding="utf-8")[:400].lower()
    assert EXERCISE_PREFIX in (desk.paths.home / "report.html").read_text(encoding="utf-8")
