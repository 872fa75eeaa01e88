"""One template in full, to be read: nothing in here can be changed."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from crisisdesk.model.template import Template, TemplateField
from crisisdesk.rules.composing import Preview
from crisisdesk.rules.template_samples import StepSample
from ui.theme import SPACE_WIDE
from ui.widgets.parts import clear, column, label, pane, restyle, row

_READ = (
    Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
)


class TemplateView(QScrollArea):
    """Summary, gaps, codes, and what every channel would say at every step."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("The template in full")
        self._box = column(space=SPACE_WIDE)
        self._box.setContentsMargins(SPACE_WIDE, SPACE_WIDE, SPACE_WIDE, SPACE_WIDE)
        inside = QWidget()
        inside.setLayout(self._box)
        self.setWidget(inside)

    def show_template(
        self,
        template: Template,
        origin: str,
        samples: list[StepSample],
        titles: Mapping[str, str],
    ) -> None:
        """Show one; `titles` name the kinds of channels."""
        clear(self._box)
        self._add_facts(template, origin)
        fields = column(label("GAPS TO FILL", "heading"), space=6)
        for each in template.fields:
            fields.addWidget(_wrapped(_field_words(each)))
        self._box.addWidget(pane(fields, "card", 12))
        for sample in samples:
            self._box.addWidget(pane(_step(sample, titles), "card", 12))
        self._box.addWidget(QWidget(), 1)
        self.verticalScrollBar().setValue(0)

    def _add_facts(self, template: Template, origin: str) -> None:
        self._box.addWidget(label(template.name, "lead", wrap=True))
        self._box.addWidget(_wrapped(template.summary))
        facts = (
            origin,
            f"version {template.version}",
            f"languages: {', '.join(template.languages)}",
            f"found by: {', '.join(template.keywords) or 'its name alone'}",
        )
        self._box.addWidget(label(" · ".join(facts), "muted", wrap=True))


def _step(sample: StepSample, titles: Mapping[str, str]) -> QVBoxLayout:
    box = column(
        label(sample.step.words.upper(), "heading"),
        label(f"CAP: {sample.codes}", "muted", wrap=True),
        space=6,
    )
    for each in sample.previews:
        box.addLayout(_head(each, titles))
        box.addWidget(_text_of(each, titles))
    return box


def _head(preview: Preview, titles: Mapping[str, str]) -> QVBoxLayout:
    part, count = preview.rendered, preview.count
    size = label(f"{'✓' if count.fits else '! too long:'} {count.words} {_unit(preview)}".strip())
    restyle(size, "tone", "good" if count.fits else "danger")
    head = column(space=2)
    head.addLayout(row(label(_name(preview, titles), "strong"), None, size))
    if part.subject and part.kind in ("email", "cap"):
        head.addWidget(
            _wrapped(f"{'Subject' if part.kind == 'email' else 'Headline'}: {part.subject}")
        )
    return head


def _unit(preview: Preview) -> str:
    return "" if preview.count.problem else preview.count.unit


def _name(preview: Preview, titles: Mapping[str, str]) -> str:
    part = preview.rendered
    return f"{titles.get(part.kind, part.kind)} ({part.language})"


def _text_of(preview: Preview, titles: Mapping[str, str]) -> QLabel:
    part = preview.rendered
    words = part.text
    if part.instruction:
        words += f"\n\nWhat to do: {part.instruction}"
    made = _wrapped(words)
    made.setTextInteractionFlags(_READ)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.setAccessibleName(f"{_name(preview, titles)}: {words}")
    return made


def _field_words(field: TemplateField) -> str:
    notes = [field.type.value.replace("_", " "), "" if field.required else "may stay empty"]
    notes += [f"as in “{field.example}”" if field.example else ""]
    notes += [f"filled in: “{field.default}”" if field.default else ""]
    notes += [f"one of {', '.join(field.choices)}" if field.choices else ""]
    return f"{field.label}: {', '.join(each for each in notes if each)}"


def _wrapped(words: str) -> QLabel:
    return label(words, wrap=True)
