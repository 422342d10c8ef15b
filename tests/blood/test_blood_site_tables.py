"""A site's own licensed tables: read whole or refused with the line."""

from __future__ import annotations

from datetime import date

import pytest

from blood.isbt128.site_tables import CodeMeaning, TableError, read_product_table, read_special_testing_table


def test_tables_with_dates_of_either_form() -> None:
    tests = read_special_testing_table(
        "\ufeffNCODE,INTERPRETATION,RETIREDATE,DEFINITION\nN0008,one,,x\nN0009,two,31 JAN 2024,\n"
    )
    assert tests["N0008"] == CodeMeaning("N0008", "one", None)
    assert tests["N0009"].retired_on == date(2024, 1, 31)
    products = read_product_table('code,description,retire_date\nE0001,"red cells, washed",2024-02-29\n')
    assert products["E0001"] == CodeMeaning("E0001", "red cells, washed", date(2024, 2, 29))


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "table.empty", 1),
        ("code,description,retire_date\n", "table.empty", 1),
        ("code,description\nE0001,x\n", "table.columns", 1),
        ("code,description,retire_date\nE0001,x\n", "table.row", 2),
        ("code,description,retire_date\ne0001,x,\n", "table.code", 2),
        ("code,description,retire_date\nE0001,,\n", "table.words", 2),
        ("code,description,retire_date\nE0001,x,\nE0001,y,\n", "table.twice", 3),
        ("code,description,retire_date\nE0001,x,31.1.2024\n", "table.date", 2),
        ('code,description,retire_date\nE0001,"x"y,\n', "table.csv", 2),
    ],
)
def test_a_table_that_cannot_be_used_names_the_line(text: str, code: str, line: int) -> None:
    with pytest.raises(TableError) as raised:
        read_product_table(text)
    assert (raised.value.code, raised.value.line) == (code, line)
