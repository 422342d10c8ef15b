"""Valid scans by grammar, broken in every way a scanner, a printer or a person breaks them.

Whatever comes of it must be a ScanError with a place inside the text, or structures that encode back to the text;
the readers of donation number, product code, bag id and label must end the same way.
Run many: ``python -m tests.blood.isbt_mutations --count 10000000 [--seed N] [--workers N]``.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor

from blood.isbt128 import (
    AIM_PREFIXES,
    STRUCTURES,
    USUAL_PAIRS,
    ScanError,
    parse,
    parse_bag_id,
    parse_din_scan,
    parse_product_scan,
    read_label,
    scanner_prefix,
)
from blood.isbt128.check import check_value
from blood.isbt128.group_table import GROUP_CODES, PHENOTYPES, GroupMessage
from blood.isbt128.layout import ALPHANUMERIC, DIGIT, FACILITY, UPPER_DIGIT
from blood.isbt128.platelets import _A, _B
from blood.isbt128.product import COLLECTION_TYPES

BATCH = 50_000
STRANGE = "\x00\x1d\t\n\r \x7f\x80éßſ²٣İＡ１❤\ud800\U0001f9e8"
"""What a scanner never sends, and what looks like a digit or a capital to careless code."""
IDENTIFIERS = [structure.identifier for structure in STRUCTURES] + [
    "={",
    "=[",
    '="',
    "&,3",
    "&a",
    "&;",
    "&!",
    "=O",
    "&,",
]
READERS = (parse, parse_din_scan, parse_product_scan, parse_bag_id, read_label)
Random = random.Random


def _digits(rng: Random, count: int) -> str:
    return f"{rng.randrange(10**count):0{count}d}"


def _from(rng: Random, allowed: str, count: int) -> str:
    return "".join(rng.choices(allowed, k=count))


def _facility(rng: Random) -> str:
    return "".join(rng.choice(allowed) for allowed in FACILITY)


def _donation(rng: Random) -> str:
    din = f"{_facility(rng)}{_digits(rng, 8)}"
    return din + rng.choice(
        [f"{60 + check_value(din)}", "00", _digits(rng, 1).zfill(2), str(rng.randrange(20, 60)), "A1"]
    )


def _group(rng: Random) -> str:
    code = rng.choice([*GROUP_CODES, *(message.value for message in GroupMessage)])
    return f"{code}{rng.choice(list(PHENOTYPES))}0"


def _product(rng: Random) -> str:
    first = rng.choice("EFSDT")
    if first == "T":
        return f"T{_digits(rng, 7)}"
    return f"{first}{_digits(rng, 4)}{rng.choice(list(COLLECTION_TYPES))}{rng.choice(['00', 'A0', 'Aa', 'Bz', '99'])}"


def _day(rng: Random) -> str:
    return f"{rng.randrange(10)}{rng.randrange(100):02d}{rng.randrange(1, 366):03d}"


def _minute(rng: Random) -> str:
    return f"{_day(rng)}{rng.randrange(24):02d}{rng.randrange(60):02d}"


def _red_cells(rng: Random) -> str:
    if rng.random() < 0.5:
        return f"{rng.randrange(9)}{_digits(rng, 12)}{rng.choice('0369')}0{rng.choice('012')}{rng.randrange(1, 64):02d}"
    return f"9{_digits(rng, 15)}{rng.choice(['00', '27', '55', '84', '96', '97', '98', '99'])}"


def _platelets(rng: Random) -> str:
    a = sorted(rng.choices([*_A, "00", "99"], k=2))
    b = sorted(rng.choices([*_B, "00", "99"], k=2))
    return "".join(a + b) + _digits(rng, 8) + "0" + rng.choice("019")


def _markers(rng: Random) -> str:
    return _from(rng, "012345678", 11) + rng.choice("036") + "000000"


def _consignment(rng: Random) -> str:
    total = rng.randrange(100)
    return f"{_facility(rng)}{_digits(rng, 7)}{rng.randint(0, total):02d}{total:02d}"


def _antigen_history(rng: Random) -> str:
    count = rng.randrange(5)
    antigens = rng.sample(range(1, 40), count)
    segments = (f"{one * 1000 + 1:06d}{rng.randint(1, 6):02d}{rng.randint(1, 6):02d}" for one in antigens)
    return f"{count:03d}{''.join(segments)}"


def _dimensions(rng: Random) -> str:
    count = rng.randrange(4)
    segments = (
        f"{rng.randint(1, 6):02d}{rng.randint(1, 11):04d}{_digits(rng, 5)}{rng.randint(0, 5)}00" for _ in range(count)
    )
    return f"{count:02d}{''.join(segments)}"


def _patient(rng: Random) -> str:
    length = rng.randrange(21)
    return f"{_digits(rng, 2)}{length:02d}{_from(rng, ALPHANUMERIC, length)}"


def _calendar(rng: Random) -> str:
    return f"{rng.randrange(1, 10_000):04d}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"


CONTENTS: dict[int, Callable[[Random], str]] = {
    1: _donation,
    2: _group,
    3: _product,
    **dict.fromkeys((4, 6, 8), _day),
    **dict.fromkeys((5, 7, 9), _minute),
    10: lambda rng: _from(rng, UPPER_DIGIT, 5),
    12: _red_cells,
    13: lambda rng: _digits(rng, 18),
    14: _platelets,
    17: lambda rng: _from(rng, UPPER_DIGIT, 3) + _from(rng, ALPHANUMERIC, 7),
    18: lambda rng: _from(rng, ALPHANUMERIC, 10),
    19: lambda rng: _facility(rng) + _digits(rng, 16),
    20: lambda rng: _facility(rng) + _from(rng, UPPER_DIGIT, 6),
    21: lambda rng: _from(rng, UPPER_DIGIT, 2) + _from(rng, ALPHANUMERIC, 8),
    22: lambda rng: _from(rng, ALPHANUMERIC, 10),
    24: lambda rng: _digits(rng, 2) + _calendar(rng),
    25: _patient,
    26: lambda rng: _digits(rng, 4) + f"{rng.randint(1, 12):02d}",
    27: _markers,
    28: _consignment,
    29: _dimensions,
    30: _antigen_history,
    31: lambda rng: (
        f"{rng.choice('12')}0{rng.randint(1, 6):02d}{_calendar(rng)}{rng.randrange(24):02d}{rng.randrange(60):02d}"
    ),
    32: lambda rng: _from(rng, UPPER_DIGIT, 6),
    33: lambda rng: _facility(rng) + _from(rng, UPPER_DIGIT, 6),
    34: lambda rng: _facility(rng) + _from(rng, UPPER_DIGIT, 11),
    35: lambda rng: _from(rng, UPPER_DIGIT, 18),
    36: lambda rng: _from(rng, UPPER_DIGIT, 18),
    38: lambda rng: _from(rng, ALPHANUMERIC, 40),
    39: lambda rng: f"{rng.randrange(1000, 10_000)}{_from(rng, UPPER_DIGIT, 13)}{rng.randrange(37):02d}",
    40: lambda rng: f"CH{_facility(rng)}{_digits(rng, 2)}{_from(rng, UPPER_DIGIT, 6)}",
}
"""Data structure -> a content that is valid; the compound message (23) is made of the others."""
_BY_NUMBER = {structure.data_structure: structure for structure in STRUCTURES}
_NUMBERS = [*CONTENTS, *((1, 2, 3, 5) * 8)]
_PAIRS = sorted(USUAL_PAIRS)


def structure(rng: Random, number: int) -> str:
    """One valid structure."""
    return _BY_NUMBER[number].identifier + CONTENTS[number](rng)


def valid_scan(rng: Random) -> str:
    """One structure, a usual pair, any pair, or a compound message; sometimes with the scanner's prefix."""
    kind = rng.random()
    if kind < 0.4:
        body = structure(rng, rng.choice(_NUMBERS))
    elif kind < 0.55:
        body = "".join(structure(rng, number) for number in rng.choice(_PAIRS))
    elif kind < 0.6:
        body = "".join(structure(rng, number) for number in rng.choices(_NUMBERS, k=2))
    elif kind < 0.62:
        body = f"&{rng.choice('abcxyz;!')}{_from(rng, ALPHANUMERIC + '=&<%', rng.randint(1, 20))}"
    else:
        count = rng.randint(1, 8)
        body = f"=+{count:02d}000" + "".join(structure(rng, number) for number in rng.choices(_NUMBERS, k=count))
    return (rng.choice(AIM_PREFIXES) if rng.random() < 0.2 else "") + body


def _flip(rng: Random, text: str) -> str:
    place = rng.randrange(len(text))
    return text[:place] + chr(ord(text[place]) ^ (1 << rng.randrange(7))) + text[place + 1 :]


def _replace(rng: Random, text: str) -> str:
    place = rng.randrange(len(text))
    return text[:place] + chr(rng.randrange(32, 127)) + text[place + 1 :]


def _drop(rng: Random, text: str) -> str:
    place = rng.randrange(len(text))
    return text[:place] + text[place + rng.choice([1, 1, 1, 2, 5]) :]


def _insert(rng: Random, text: str) -> str:
    place = rng.randint(0, len(text))
    return text[:place] + rng.choice([chr(rng.randrange(32, 127)), rng.choice(IDENTIFIERS), "0"]) + text[place:]


def _swap(rng: Random, text: str) -> str:
    places = sorted(rng.sample(range(len(text)), 2)) if len(text) > 1 else [0, 0]
    first, second = places
    characters = list(text)
    characters[first], characters[second] = characters[second], characters[first]
    return "".join(characters)


def _splice(rng: Random, text: str) -> str:
    other = valid_scan(rng)
    return text[: rng.randint(0, len(text))] + other[rng.randint(0, len(other)) :]


def _truncate(rng: Random, text: str) -> str:
    return text[: rng.randrange(len(text))]


def _case(rng: Random, text: str) -> str:
    place = rng.randrange(len(text))
    return rng.choice([text.lower(), text.swapcase(), text[:place] + text[place].swapcase() + text[place + 1 :]])


def _strange(rng: Random, text: str) -> str:
    place = rng.randrange(len(text))
    return text[:place] + rng.choice(STRANGE) + text[place + rng.randint(0, 1) :]


def _prefix(rng: Random, text: str) -> str:
    return rng.choice([*AIM_PREFIXES, "]", "]C", "]C1", "]E0", "]C4]C4", " ", "\r\n", "="]) + text


def _count(rng: Random, text: str) -> str:
    place = rng.randrange(len(text))
    return text[:place] + rng.choice(DIGIT) * rng.randint(1, 3) + text[place + rng.randint(1, 3) :]


MUTATIONS: tuple[Callable[[Random, str], str], ...] = (
    _flip, _replace, _drop, _insert, _swap, _splice, _truncate, _case, _strange, _prefix, _count,
)  # fmt: skip


def mutated(rng: Random) -> str:
    """A valid scan that was broken one to three times."""
    text = valid_scan(rng)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        if text:
            text = rng.choice(MUTATIONS)(rng, text)
    return text


def judge(text: str) -> str:
    """Code of the error, or ``read``; raises AssertionError when neither is right."""
    for reader in READERS:
        fault = _fault(reader, text)
        assert fault is None or 0 <= fault.position <= len(text), f"{reader.__name__}({text!r}): {fault.position}"
    try:
        elements = parse(text)
    except ScanError as error:
        return error.code
    assert scanner_prefix(text) + "".join(element.encode() for element in elements) == text, repr(text)
    assert all(element.meaning for element in elements)
    return "read"


def _fault(reader: Callable[[str], object], text: str) -> ScanError | None:
    try:
        reader(text)
    except ScanError as error:
        return error
    return None


def outcomes(seed: int, count: int) -> Counter[str]:
    """What became of so many mutated scans; raises AssertionError naming the text."""
    rng = Random(seed)
    return Counter(judge(mutated(rng)) for _ in range(count))


def _batches(seed: int, count: int) -> Iterator[tuple[int, int]]:
    for number, start in enumerate(range(0, count, BATCH)):
        yield seed + number, min(BATCH, count - start)


def main() -> None:
    """Run as many as asked for, tell the seed of each batch that fails, and what the errors were."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--count", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=20_260_228)
    options.add_argument("--workers", type=int, default=1)
    asked = options.parse_args()
    began = time.monotonic()
    total: Counter[str] = Counter()
    batches = list(_batches(asked.seed, asked.count))
    print(
        f"{asked.count} scans, seeds {asked.seed} to {asked.seed + len(batches) - 1}, {BATCH} scans a seed", flush=True
    )
    with ProcessPoolExecutor(asked.workers) as pool:
        running = [(seed, pool.submit(outcomes, seed, count)) for seed, count in batches]
        for seed, found in running:
            try:
                total += found.result()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
                sys.exit(f"seed {seed}: {type(error).__name__}: {error}")
    for code, count in total.most_common():
        print(f"{count:>12}  {code}")
    print(f"{total.total()} scans in {time.monotonic() - began:.0f} s: each a ScanError or read back exactly")


if __name__ == "__main__":
    main()
