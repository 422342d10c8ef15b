"""`hemovault isbt TEXT`: what a scan says, as JSON; or what is wrong with it and where."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from blood.isbt128 import (
    Donation,
    Element,
    ProductCode,
    ScanError,
    SpecialTesting,
    check_character,
    is_machine_read,
    parse,
    parse_keyed_din,
)
from blood.isbt128.element import Meaning
from blood.isbt128.site_tables import CodeMeaning, TableError, read_product_table, read_special_testing_table

TextArgument = Annotated[str, typer.Argument(help="What the scanner read, or a donation number as it was typed")]
ProductsOption = Annotated[
    Path | None, typer.Option("--products", help="The site's product descriptions, CSV: code,description,retire_date")
]
TestsOption = Annotated[
    Path | None,
    typer.Option("--special-testing", help="The site's special-testing table, CSV: NCODE,INTERPRETATION,RETIREDATE"),
]
_Table = Mapping[str, CodeMeaning]


def isbt(text: TextArgument, products: ProductsOption = None, special_testing: TestsOption = None) -> None:
    """Read an ISBT 128 code of a label and print its data structures as a JSON array."""
    try:
        product_table = _table(products, read_product_table)
        test_table = _table(special_testing, read_special_testing_table)
        found = (
            [_told(one, product_table, test_table) for one in parse(text)] if is_machine_read(text) else [_typed(text)]
        )
    except ScanError as error:
        sys.stderr.write(f"hemovault: {error.code} at position {error.position}: {error}\n")
        raise typer.Exit(1) from error
    except TableError as error:
        sys.stderr.write(f"hemovault: {error.code}: {error}\n")
        raise typer.Exit(1) from error
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"hemovault: the table cannot be read: {error}\n")
        raise typer.Exit(1) from error
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


def _table(path: Path | None, read: Callable[[str], _Table]) -> _Table:
    return {} if path is None else read(path.read_text(encoding="utf-8"))


def _told(element: Element, products: _Table, tests: _Table) -> dict[str, Meaning]:
    """One structure; a code of a licensed table has the site's words, or none when the site's table lacks it."""
    meaning = dict(element.meaning)
    if isinstance(element, ProductCode):
        meaning["description"] = _words(products.get(element.description_code))
    elif isinstance(element, SpecialTesting):
        meaning["interpretation"] = _words(tests.get(element.content))
    return _as_json(element.data_structure, element.name, element.encode(), meaning)


def _words(meaning: CodeMeaning | None) -> str | None:
    return None if meaning is None else meaning.words


def _typed(text: str) -> dict[str, Meaning]:
    din = parse_keyed_din(text)
    meaning: dict[str, Meaning] = {"din": din, "check_character": check_character(din), "typed": True}
    return _as_json(Donation.data_structure, Donation.name, text, meaning)


def _as_json(number: int | None, name: str, text: str, meaning: Mapping[str, Meaning]) -> dict[str, Meaning]:
    return {"data_structure": number, "name": name, "text": text, "meaning": meaning}
