"""The record: an entry being written, a METHANE report, an entry whole, a hand-over."""

from datetime import timedelta

from crisisdesk.model.record import JdmStage, Record, RecordKind
from tests.gallery.exercise import show_figures
from tests.gallery.stage import FIRE, Stage

DRAWS = ("record", "entry", "redact", "handover", "figures-live")

DECISION = Record(
    RecordKind.NOT_TO_ACT,
    "Northfield School stays open as a rest centre; no evacuation of Station Road yet.",
    decided_by="G. Gold, tactical commander",
    rationale="Smoke is thinning there; moving 140 people at night is the greater risk.",
    known="Wind turns to the east by 04:00. Fire control expects the roof to hold.",
    options="Move everybody now; move the youngest only; wait for the 04:00 reading.",
    stage=JdmStage.OPTIONS,
)
LETTERS = {
    "major_incident": "Declared 02:40 by fire control",
    "exact_location": "Wend Mill, Mill Lane, Riverside",
    "type": "Fire in a disused mill, roof alight",
    "hazards": "Smoke to the east, asbestos not confirmed",
    "access": "From Weir Street; Mill Lane closed",
    "casualties": "None known",
    "services": "Fire: 6 pumps, ambulance on the way",
}


def tell(stage: Stage) -> None:
    """Draw everything a loggist does."""
    stage.enter()
    stage.begin()
    stage.fill("large-fire", FIRE)
    stage.broadcast()
    stage.clock.go_on(minutes=14)
    recorder = stage.page.recorder
    recorder.open()
    assert recorder.sheet is not None
    stage.shoot("record-empty", recorder.sheet)
    happened = stage.clock.now() - timedelta(minutes=9)
    recorder.sheet.take(DECISION)
    recorder.sheet.when.setText(f"{happened.astimezone():%H:%M}")
    stage.shoot("record-decision", recorder.sheet)
    recorder.sheet.log.click()
    stage.until("the entry", lambda: recorder.sheet is None)
    _methane(stage)
    _read(stage)
    _hand_over(stage)
    stage.console.open_review(stage.console.paths.home)
    show_figures(stage, "figures-live")


def _methane(stage: Stage) -> None:
    recorder = stage.page.recorder
    recorder.take_back(Record(RecordKind.METHANE, "", methane=tuple(LETTERS.items())))
    recorder.open()
    assert recorder.sheet is not None
    stage.shoot("record-methane", recorder.sheet)
    recorder.sheet.log.click()
    stage.until("the report", lambda: recorder.sheet is None)
    stage.calm()


def _read(stage: Stage) -> None:
    page = stage.page
    entries = page.desk.reviewing.entries(20)
    first = next(each["seq"] for each in entries if each["action"] == "decision.noted")
    again = Record(
        RecordKind.NOT_TO_ACT,
        DECISION.words.replace("Station Road", "Weir Street"),
        rationale=DECISION.rationale,
        corrects=first,
        why_corrected="The street was named wrongly.",
    )
    page.desk.recording.record(again, page.operator)
    page.recorder.show_entry(first)
    stage.until("the entry", lambda: page.recorder.card)
    assert page.recorder.card is not None
    stage.shoot("entry", page.recorder.card)
    page.recorder.card.redact.click()
    sheet = page.recorder.redactor.sheet
    assert sheet is not None
    words = next(each for each in sheet.rows if each.part.path == "words")
    words.taken.setChecked(True)
    sheet.reason.setPlainText("The school asked not to be named; a place was enough.")
    stage.shoot("redact", sheet)
    sheet.close()
    stage.shoot("record-log")


def _hand_over(stage: Stage) -> None:
    handing = stage.page.handing_on
    handing.open()
    stage.until("the brief", lambda: handing.sheet)
    sheet = handing.sheet
    assert sheet is not None
    sheet.fields["intent"].setPlainText("Nobody in the smoke by 06:00; schools told by 07:00.")
    stage.shoot("handover-brief", sheet)
    sheet.log_it.click()
    stage.until("the offer", sheet.signing.isVisible)
    stage.shoot("handover-sign", sheet)
    sheet.close()
