"""What hot statements may rely on, on either database: parameters, plain values, names of columns."""

from __future__ import annotations

from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.store.database import driver_of, open_database
from wms.store.psycopg_driver import dollars


@pytest.fixture
def raw(store_place):
    with closing(open_database(store_place)) as database, database.read() as connection:
        yield driver_of(connection)


def test_parameters_are_numbered_and_quoted_text_is_left_alone():
    assert dollars("SELECT ?, ? FROM t WHERE a = '?' AND b <> 'it''s ?'") == (
        b"SELECT $1, $2 FROM t WHERE a = '?' AND b <> 'it''s ?'"
    )
    assert dollars("SELECT ?2, ?1, ?2 WHERE x LIKE 'a%'") == b"SELECT $2, $1, $2 WHERE x LIKE 'a%'"


@given(st.lists(st.sampled_from(["?", "'?'", "''", "'a''?'", " x ", "%s", "$$"])))
def test_every_parameter_outside_quotes_gets_its_number(parts):
    sql = " ".join(parts)
    assert dollars(sql).decode().count("$") == parts.count("?") + 2 * parts.count("$$")


@pytest.mark.parametrize("value", [0, -1, 2**31, 2**62, "", "李 O+ '?' %s", b"", b"\x00\xff", 1.5, None])
def test_a_value_comes_back_as_it_was_given(raw, value):
    (given_back,) = raw.execute("SELECT ? AS given", (value,)).fetchone()
    assert given_back == value
    assert type(given_back) is type(value)


def test_a_number_may_be_tiny_or_huge_in_the_same_statement(raw):
    for number in (1, 40_000, 2**40):
        assert raw.execute("SELECT ? + 1", (number,)).fetchone() == (number + 1,)


def test_sums_are_whole_numbers_and_never_decimals(raw):
    (total,) = raw.execute("SELECT coalesce(sum(term), 0) FROM lease").fetchone()
    (large,) = raw.execute("SELECT coalesce(sum(seq), 0) FROM ledger").fetchone()
    assert (total, type(total), large, type(large)) == (0, int, 0, int)


def test_rows_are_tuples_and_columns_have_names(raw):
    rows = raw.execute("SELECT 1 AS one, 'x' AS two")
    assert [column[0] for column in rows.description] == ["one", "two"]
    assert list(rows) == [(1, "x")]
    assert raw.in_transaction
