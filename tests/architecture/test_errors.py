"""Every error says what happened and what to do, in plain words that blame nobody."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from crisisdesk.model.errors import AnswerLost, CrisisDeskError, NotSent

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(file for folder in ("crisisdesk", "ui") for file in (ROOT / folder).rglob("*.py"))
TREES = {file: ast.parse(file.read_text(encoding="utf-8")) for file in SOURCES}
HARSH = re.compile(
    r"!|\b(illegal|fatal|abort(ed)?|invalid|oops|sorry|please|your (mistake|fault)|"
    r"you (failed|forgot|must)|should have|wrong user|exception|traceback|null|undefined)\b",
    re.IGNORECASE,
)
MADE_OTHERWISE = {"NothingPublished"}
"""Errors whose constructor takes something else and says the rest itself."""


@cache
def kinds_of_errors() -> frozenset[str]:
    """The names of every class that descends from CrisisDeskError."""
    classes = [node for tree in TREES.values() for node in ast.walk(tree)
               if isinstance(node, ast.ClassDef)]  # fmt: skip
    found = {"CrisisDeskError"}
    for _ in range(5):  # generations
        found |= {each.name for each in classes
                  if {getattr(base, "id", "") for base in each.bases} & found}  # fmt: skip
    return frozenset(found)


def called(node: ast.Call) -> str:
    """The last word of what is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def told() -> Iterator[tuple[str, ast.Call]]:
    """(where, call) of every error that is made, and of every problem that a notice tells."""
    kinds = kinds_of_errors() - MADE_OTHERWISE
    for file, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (
                called(node) in kinds
                or (called(node) == "problem" and isinstance(node.func, ast.Attribute))
            ):
                yield f"{file.relative_to(ROOT)}:{node.lineno}", node


TOLD = list(told())


def parts(call: ast.Call) -> list[ast.expr]:
    """What happened, what to do, what it means, the detail; as many as are given."""
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def spoken(part: ast.expr) -> str | None:
    """The fixed words of a part, "…" in place of what is filled in; None for no literal."""
    if isinstance(part, ast.Constant) and isinstance(part.value, str):
        return part.value
    if isinstance(part, ast.JoinedStr):
        pieces = (each.value if isinstance(each, ast.Constant) else "…" for each in part.values)
        return "".join(map(str, pieces))
    return None


def test_the_rules_below_look_at_something() -> None:
    assert len(TOLD) > 200
    assert {"AnswerLost", "BadAnswer", "SourceGone"} <= kinds_of_errors()


@pytest.mark.parametrize(("where", "call"), TOLD, ids=[where for where, _ in TOLD])
def test_it_says_what_happened_and_what_to_do(where: str, call: ast.Call) -> None:
    given = parts(call)
    if any(isinstance(each, ast.Starred) for each in given):
        return  # both come together from one place
    assert len(given) >= 2, f"{where} says nothing to do"
    for part in given[:3]:
        words = spoken(part)
        if words is not None:
            assert len(words) > 1, f"{where}: empty words"
            assert words[-1] in ".?…", f"{where}: no whole sentence: {words}"
            assert not HARSH.search(words), f"{where}: {words}"


def errors_in_hand(tree: ast.Module) -> set[tuple[ast.AST, str]]:
    """(scope, name) of each caught error and each parameter that takes any error."""
    found: set[tuple[ast.AST, str]] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.name and foreign(node.type):
            found.add((node, node.name))
        if isinstance(node, ast.FunctionDef):
            found |= {(node, each.arg) for each in node.args.args
                      if isinstance(each.annotation, ast.Name)
                      and each.annotation.id in ("Exception", "BaseException")}  # fmt: skip
    return found


def foreign(kind: ast.expr | None) -> bool:
    """Whether an except clause catches anything that is not ours."""
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    ours = kinds_of_errors()
    return any(not (isinstance(each, ast.Name) and each.id in ours) for each in kinds)


def bare(tree: ast.Module) -> Iterator[int]:
    """Lines where the text of a foreign error is all that somebody gets to read."""
    for scope, name in errors_in_hand(tree):
        for node in ast.walk(scope):
            if isinstance(node, ast.Call) and called(node) in kinds_of_errors() | SHOWN:
                for part in parts(node)[: 1 if called(node) in kinds_of_errors() else None]:
                    words = (spoken(part) or "…").strip("….! ") if names(part, name) else "ours"
                    if not words:
                        yield node.lineno


SHOWN = {"problem", "setText", "setAccessibleName", "setToolTip", "_say", "good"}


def names(part: ast.expr, name: str) -> bool:
    """Whether the error itself, not something made of it, stands in this text."""
    if isinstance(part, ast.JoinedStr):
        return any(isinstance(each, ast.FormattedValue) and names(each.value, name)
                   for each in part.values)  # fmt: skip
    if isinstance(part, ast.Call) and called(part) in ("str", "repr"):
        return any(names(each, name) for each in part.args)
    return isinstance(part, ast.Name) and part.id == name


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_foreign_error_is_shown_bare(file: Path) -> None:
    assert list(bare(TREES[file])) == []


def test_the_rule_against_bare_errors_sees_one() -> None:
    source = "def show(error: Exception):\n    self.label.setText(str(error))\n"
    assert list(bare(ast.parse(source))) == [2]
    wrapped = "try: ...\nexcept OSError as error:\n    label.setText(f'{explained(error)}')\n"
    assert list(bare(ast.parse(wrapped))) == []


def test_what_is_known_of_a_network_error_is_said_with_it() -> None:
    assert NotSent("It was away.", "Wait.").meaning == "Nothing was sent."
    assert "unknown" in AnswerLost("No answer.", "Look.").meaning
    error = CrisisDeskError("It broke.", "Mend it.", "The public waits.", "E1")
    assert str(error) == "It broke. The public waits. Mend it. (E1)"
