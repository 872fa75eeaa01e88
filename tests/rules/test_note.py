"""Signed notes: the published examples hold, ours are read by another program, no other form is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.rules.note import (
    Note,
    from_base64,
    is_signed_by,
    key_id,
    parse,
    sign,
    verifier_key,
    written,
)
from tests.conftest import new_signer

DESK = new_signer(1)
STRANGER = new_signer(2)

PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpR"
    "Zb6KE6RyyBwJnAM=\n"
)
"""The example in the documentation of Go's golang.org/x/mod/sumdb/note."""

texts = st.lists(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20), min_size=1, max_size=5
).map(lambda lines: "\n".join(lines) + "\n")


def signed(text: str = "a\nb\n") -> Note:
    return sign(text, "crisisdesk/desk-1", DESK.public_key, DESK.sign)


def test_the_published_note_is_read_and_holds() -> None:
    name, recalled, encoded = PUBLISHED_KEY.split("+", 2)
    key = from_base64(encoded)[1:]
    note = parse(PUBLISHED)
    assert written(note) == PUBLISHED
    assert key_id(name, key).hex() == recalled
    assert verifier_key(name, key) == PUBLISHED_KEY
    assert is_signed_by(note, name, key)
    assert not is_signed_by(parse(PUBLISHED.replace("answer", "cause")), name, key)


@given(texts)
def test_what_is_signed_is_read_back_and_holds(text: str) -> None:
    note = signed(text)
    assert parse(written(note)) == note
    assert note.text == text
    assert is_signed_by(note, "crisisdesk/desk-1", DESK.public_key)
    assert not is_signed_by(note, "crisisdesk/desk-1", STRANGER.public_key)
    assert not is_signed_by(note, "crisisdesk/desk-2", DESK.public_key)


@given(st.data())
def test_a_changed_byte_is_no_note_of_this_key(data: st.DataObject) -> None:
    content = written(signed()).encode()
    at = data.draw(st.integers(0, len(content) - 1))
    changed = bytes(
        [*content[:at], content[at] ^ data.draw(st.integers(1, 255)), *content[at + 1 :]]
    )
    try:
        note = parse(changed.decode())
    except ValueError:
        return
    assert not is_signed_by(note, "crisisdesk/desk-1", DESK.public_key)


def test_signatures_of_others_are_kept_and_ignored() -> None:
    ours, other = signed(), sign("a\nb\n", "witness.example/w", STRANGER.public_key, STRANGER.sign)
    both = parse(written(Note(ours.text, ours.signatures + other.signatures)))
    assert is_signed_by(both, "crisisdesk/desk-1", DESK.public_key)
    assert is_signed_by(both, "witness.example/w", STRANGER.public_key)


def test_one_bad_signature_of_a_known_key_spoils_the_note() -> None:
    good, bad = signed(), signed("other\n")
    both = Note(good.text, good.signatures + bad.signatures)
    assert not is_signed_by(both, "crisisdesk/desk-1", DESK.public_key)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n",
        "text\n",
        "text\n\n",
        "text\n\n— name Zm9vYmFy",
        "text\n— name Zm9vYmFy\n",
        "text\n\n- name Zm9vYmFy\n",
        "text\n\n— name\n",
        "text\n\n—  Zm9vYmFy\n",
        "text\n\n— na+me Zm9vYmFy\n",
        "text\n\n— na\u2003me Zm9vYmFy\n",
        "text\n\n— name Zm9v YmFy\n",
        "text\n\n— name Zm9vYmFz=\n",
        "text\n\n— name Zm9vYmE\n",
        "text\n\n— name Zm9vYmF=\n",
        "text\n\n— name Zm9v\n",
        "te\rxt\n\n— name Zm9vYmFy\n",
        "te\txt\n\n— name Zm9vYmFy\n",
        "text\n\n" + "— name Zm9vYmFy\n" * 17,
    ],
)
def test_nothing_but_the_one_form_is_a_note(content: str) -> None:
    with pytest.raises(ValueError):
        parse(content)


@pytest.mark.parametrize("text", ["", "no end", "tab\t\n"])
def test_what_could_not_be_read_back_is_not_signed(text: str) -> None:
    with pytest.raises(ValueError):
        signed(text)
    with pytest.raises(ValueError):
        sign("a\n", "two words", DESK.public_key, DESK.sign)
