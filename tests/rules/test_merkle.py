"""The tree against the definition of RFC 6962 in its plainest words, and against known roots."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.rules.merkle import (
    EMPTY_ROOT,
    Frontier,
    Tree,
    includes,
    is_consistent,
)

KNOWN_LEAVES = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
KNOWN_ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
"""The inputs and roots that the implementations of Certificate Transparency test with."""

sizes = st.integers(1, 70)


def leaves(size: int) -> list[bytes]:
    return [b"leaf %d" % number for number in range(size)]


def defined_root(data: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, word for word."""
    if not data:
        return sha256(b"").digest()
    if len(data) == 1:
        return sha256(b"\x00" + data[0]).digest()
    k = 1
    while k * 2 < len(data):
        k *= 2
    return sha256(b"\x01" + defined_root(data[:k]) + defined_root(data[k:])).digest()


@pytest.mark.parametrize("size", KNOWN_ROOTS)
def test_the_known_roots_come_out(size: int) -> None:
    known = bytes.fromhex(KNOWN_ROOTS[size])
    some = KNOWN_LEAVES[:size]
    assert Frontier().grown(some).root() == known
    assert Tree(KNOWN_LEAVES).root(size) == known
    assert defined_root(some) == known


def test_the_proofs_of_rfc_6962_section_2_1_3() -> None:
    """The seven leaves d0–d6 of the RFC's figure; a…l are its nodes, by their children."""
    tree = Tree(leaves(7))
    a, b, c, d, e, f, j = (sha256(b"\x00" + each).digest() for each in leaves(7))
    g, h, i = (sha256(b"\x01" + x + y).digest() for x, y in ((a, b), (c, d), (e, f)))
    k, _l = sha256(b"\x01" + g + h).digest(), sha256(b"\x01" + i + j).digest()
    assert tree.inclusion(0, 7) == [b, h, _l]
    assert tree.inclusion(3, 7) == [c, g, _l]
    assert tree.inclusion(4, 7) == [f, j, k]
    assert tree.inclusion(6, 7) == [i, k]
    assert tree.consistency(3, 7) == [c, d, g, _l]
    assert tree.consistency(4, 7) == [_l]
    assert tree.consistency(6, 7) == [i, j, k]


@given(st.lists(st.binary(max_size=40), max_size=70), st.data())
def test_a_frontier_grown_in_any_steps_has_the_defined_root(
    data: list[bytes], draw: st.DataObject
) -> None:
    frontier, left = Frontier(), data
    while left:
        step = draw.draw(st.integers(1, len(left)))
        frontier, left = frontier.grown(left[:step]), left[step:]
    assert frontier.size == len(data)
    assert len(frontier.peaks) == len(data).bit_count()
    assert frontier.root() == defined_root(data) == Tree(data).root()


@given(st.integers(0, 9), st.integers(0, 8))
def test_a_tree_put_behind_another_has_the_root_over_both(before: int, behind: int) -> None:
    data = leaves(before * 8 + behind)
    first = Frontier().grown(data[: before * 8])
    whole = first.followed_by(Frontier().grown(data[before * 8 :]))
    assert whole == Frontier().grown(data)
    assert whole.root() == defined_root(data)


def test_growing_by_nothing_changes_nothing() -> None:
    grown = Frontier().grown(leaves(5))
    assert grown.grown([]) == grown
    assert Frontier().root() == Tree([]).root() == EMPTY_ROOT


@given(sizes, st.data())
def test_every_leaf_is_proven_in_every_tree_it_is_in(most: int, draw: st.DataObject) -> None:
    data = leaves(most)
    tree = Tree(data)
    size = draw.draw(st.integers(1, most))
    index = draw.draw(st.integers(0, size - 1))
    path = tree.inclusion(index, size)
    root = defined_root(data[:size])
    assert len(path) <= (size - 1).bit_length()
    assert includes(data[index], index, size, path, root)
    assert not includes(data[index] + b"!", index, size, path, root)
    assert not includes(data[index], index, size, path, sha256(root).digest())
    assert not includes(data[index], index, size, [*path, root], root)
    assert not includes(data[index], size, size, path, root)
    for place in range(len(path)):
        assert not includes(data[index], index, size, path[:place] + path[place + 1 :], root)
        forged = [*path[:place], bytes(32), *path[place + 1 :]]
        assert not includes(data[index], index, size, forged, root)


@given(sizes, st.data())
def test_a_path_proves_its_own_place_alone(size: int, draw: st.DataObject) -> None:
    data = leaves(size)
    index, other = (draw.draw(st.integers(0, size - 1)) for _ in range(2))
    path = Tree(data).inclusion(index, size)
    holds = includes(data[index], other, size, path, defined_root(data))
    assert holds == (index == other)


@given(sizes, st.data())
def test_every_tree_is_proven_to_begin_with_every_earlier_one(
    new: int, draw: st.DataObject
) -> None:
    data = leaves(new)
    old = draw.draw(st.integers(1, new))
    proof = Tree(data).consistency(old, new)
    old_root, new_root = defined_root(data[:old]), defined_root(data)
    assert is_consistent(old, old_root, new, new_root, proof)
    assert not is_consistent(old, sha256(old_root).digest(), new, new_root, proof)
    assert not is_consistent(old, old_root, new, sha256(new_root).digest(), proof)
    assert not is_consistent(old, old_root, new, new_root, [*proof, old_root])
    for place in range(len(proof)):
        cut = proof[:place] + proof[place + 1 :]
        assert not is_consistent(old, old_root, new, new_root, cut)
        forged = [*proof[:place], bytes(32), *proof[place + 1 :]]
        assert not is_consistent(old, old_root, new, new_root, forged)


@given(st.integers(2, 70), st.data())
def test_no_proof_joins_histories_that_part(new: int, draw: st.DataObject) -> None:
    """The proof is made over the forged tree, as its forger would."""
    old = draw.draw(st.integers(1, new - 1))
    place = draw.draw(st.integers(0, old - 1))
    data = leaves(new)
    forged = [*data[:place], b"forged", *data[place + 1 :]]
    proof = Tree(forged).consistency(old, new)
    assert not is_consistent(old, defined_root(data[:old]), new, defined_root(forged), proof)


@given(
    st.integers(-2, 9),
    st.integers(-2, 9),
    st.lists(st.sampled_from([bytes(32), b"", EMPTY_ROOT]), max_size=5),
)
def test_nonsense_is_refused_not_fatal(one: int, two: int, path: list[bytes]) -> None:
    assert not includes(b"x", one, two, path, bytes(32))
    if one != two:
        assert not is_consistent(one, EMPTY_ROOT, two, bytes(32), path)


def test_proofs_of_trees_that_are_not_there_are_refused() -> None:
    tree = Tree(leaves(4))
    for index, size in ((4, 4), (-1, 4), (0, 5), (0, 0)):
        with pytest.raises(ValueError, match="no leaf"):
            tree.inclusion(index, size)
    for old, new in ((0, 4), (3, 2), (1, 5)):
        with pytest.raises(ValueError, match="no trees"):
            tree.consistency(old, new)
