"""A Data Matrix ECC 200 symbol of up to 26 x 26 modules for ASCII text (ISO/IEC 16022). Pure.

Own and small because a label needs no more: ASCII encodation with digit pairs, square symbols of one region. (The
encoder that comes with reportlab gets `:` to `@` wrong, and `=` and `>` are in every ISBT 128 code.)
"""

from __future__ import annotations

from typing import Final

Modules = tuple[tuple[bool, ...], ...]

_SIZES: Final = (
    (10, 3, 5),
    (12, 5, 7),
    (14, 8, 10),
    (16, 12, 12),
    (18, 18, 14),
    (20, 22, 18),
    (22, 30, 20),
    (24, 36, 24),
    (26, 44, 28),
)
"""Side in modules with the finder pattern, data codewords, check codewords (ISO/IEC 16022, table 7)."""
_FIELD: Final = 0x12D
_PAD: Final = 129
_PAIR: Final = 130


def data_matrix(text: str) -> Modules:
    """Rows of modules from the top, True is dark, without the quiet zone of one module.

    Raises ValueError for text that is not ASCII or longer than 44 codewords.
    """
    data = _codewords(text)
    for side, room, checks in _SIZES:
        if len(data) <= room:
            padded = _padded(data, room)
            return _framed(_placed([*padded, *_check_codewords(padded, checks)], side - 2), side)
    raise ValueError(f"{len(data)} codewords do not fit into a symbol of {_SIZES[-1][1]}")


def _codewords(text: str) -> list[int]:
    if not text.isascii():
        raise ValueError(f"a label's code is ASCII, not {text!r}")
    words, at = [], 0
    while at < len(text):
        pair = text[at : at + 2]
        if len(pair) == 2 and pair.isdigit():
            words.append(_PAIR + int(pair))
            at += 2
        else:
            words.append(ord(text[at]) + 1)
            at += 1
    return words


def _padded(data: list[int], room: int) -> list[int]:
    """The first pad is 129, each further one is scattered by its position (253-state algorithm)."""
    padded = list(data)
    if len(padded) < room:
        padded.append(_PAD)
    while len(padded) < room:
        word = _PAD + (149 * (len(padded) + 1)) % 253 + 1
        padded.append(word if word <= 254 else word - 254)
    return padded


def _check_codewords(data: list[int], count: int) -> list[int]:
    """Reed-Solomon over GF(256): the remainder of the data by the product of (x - 2^i), i from 1 to ``count``."""
    powers = [1]
    for _ in range(254):
        doubled = powers[-1] << 1
        powers.append(doubled ^ _FIELD if doubled > 255 else doubled)
    logs = {value: exponent for exponent, value in enumerate(powers)}

    def times(left: int, right: int) -> int:
        return 0 if not left or not right else powers[(logs[left] + logs[right]) % 255]

    generator = [1]
    for exponent in range(1, count + 1):
        shifted = [*generator, 0]
        generator = [high ^ times(low, powers[exponent]) for high, low in zip(shifted, [0, *generator], strict=True)]
    remainder = [0] * count
    for word in data:
        factor = word ^ remainder[0]
        remainder = [rest ^ times(factor, part) for rest, part in zip([*remainder[1:], 0], generator[1:], strict=True)]
    return remainder


def _placed(words: list[int], side: int) -> list[list[bool]]:
    """The codewords on the mapping matrix: diagonals up and down, corners by their own shapes (annex F.3)."""
    cells: dict[tuple[int, int], bool] = {}
    rest = iter(words)

    def place(positions: list[tuple[int, int]]) -> None:
        word = next(rest)
        for bit, (row, column) in enumerate(positions):
            if row < 0:
                row, column = row + side, column + 4 - (side + 4) % 8
            if column < 0:
                row, column = row + 4 - (side + 4) % 8, column + side
            cells[row, column] = bool(word >> (7 - bit) & 1)

    row, column = 4, 0
    while row < side or column < side:
        if (corner := _corner(row, column, side)) is not None:
            place(corner)
        while row >= 0 and column < side:
            if row < side and column >= 0 and (row, column) not in cells:
                place(_utah(row, column))
            row, column = row - 2, column + 2
        row, column = row + 1, column + 3
        while row < side and column >= 0:
            if row >= 0 and column < side and (row, column) not in cells:
                place(_utah(row, column))
            row, column = row + 2, column - 2
        row, column = row + 3, column + 1
    fixed = {(side - 1, side - 1), (side - 2, side - 2)}
    return [[cells.get((r, c), (r, c) in fixed) for c in range(side)] for r in range(side)]


def _utah(row: int, column: int) -> list[tuple[int, int]]:
    """Positions of a codeword's bits, most significant first, where nothing is in the way."""
    shape = ((-2, -2), (-2, -1), (-1, -2), (-1, -1), (-1, 0), (0, -2), (0, -1), (0, 0))
    return [(row + down, column + right) for down, right in shape]


def _corner(row: int, column: int, side: int) -> list[tuple[int, int]] | None:
    """The four shapes in which a codeword is broken at the corners; None elsewhere."""
    last = side - 1
    if (row, column) == (side, 0):
        return [(last, 0), (last, 1), (last, 2), (0, last - 1), (0, last), (1, last), (2, last), (3, last)]
    left = [(last - 2, 0), (last - 1, 0), (last, 0)]
    if (row, column) == (side - 2, 0) and side % 8 == 4:
        return [*left, (0, last - 1), (0, last), (1, last), (2, last), (3, last)]
    if (row, column) == (side - 2, 0) and side % 4:
        return [*left, (0, last - 3), (0, last - 2), (0, last - 1), (0, last), (1, last)]
    if (row, column) == (side + 4, 2) and side % 8 == 0:
        return [
            (last, 0),
            (last, last),
            (0, last - 2),
            (0, last - 1),
            (0, last),
            (1, last - 2),
            (1, last - 1),
            (1, last),
        ]
    return None


def _framed(cells: list[list[bool]], side: int) -> Modules:
    """The finder around the mapping matrix: solid left and below, alternating above and right."""
    top = tuple(column % 2 == 0 for column in range(side))
    body = tuple((True, *row, at % 2 == 0) for at, row in enumerate(cells))
    return (top, *body, (True,) * side)
