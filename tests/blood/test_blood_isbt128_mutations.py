"""A small share of the mutation run; the whole of it is `python -m tests.blood.isbt_mutations --count 10000000`."""

from __future__ import annotations

import random

import isbt_mutations
import pytest

SEED = 128
SHARE = 25_000


def test_every_valid_scan_of_the_grammar_is_read() -> None:
    rng = random.Random(SEED)
    for _ in range(3_000):
        text = isbt_mutations.valid_scan(rng)
        assert isbt_mutations.judge(text) == "read", text


@pytest.mark.parametrize("number", sorted(isbt_mutations.CONTENTS))
def test_every_structure_is_read_and_says_its_number(number: int) -> None:
    rng = random.Random(number)
    for _ in range(50):
        text = isbt_mutations.structure(rng, number)
        (element,) = isbt_mutations.parse(text)
        assert element.data_structure == number
        assert element.encode() == text
        assert type(element)(element.content) == element


def test_what_is_broken_is_refused_or_reads_back() -> None:
    found = isbt_mutations.outcomes(SEED, SHARE)
    print(f"seed {SEED}: {found.most_common(5)}")
    assert found.total() == SHARE
    assert found["read"] < SHARE // 3
    assert len(found) > 60
