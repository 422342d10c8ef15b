"""The database itself refuses to change or remove a ledger entry: the statements that make it so, for each product."""

from __future__ import annotations

from typing import Final

from wms.errors import Refused

_SQLITE: Final = tuple(
    f"CREATE TRIGGER ledger_refuses_{verb.lower()} BEFORE {verb} ON ledger "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    for verb in ("UPDATE", "DELETE")
)
_POSTGRESQL: Final = (
    """CREATE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    *(
        f"CREATE TRIGGER ledger_refuses_{verb.lower()} BEFORE {verb} ON ledger "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses()"
        for verb in ("UPDATE", "DELETE", "TRUNCATE")
    ),
)


class LedgerKept(Refused):
    """A downgrade that would throw away a ledger with entries."""

    def __init__(self) -> None:
        super().__init__(
            "ledger.kept", "The ledger has entries: revision 0001 is as far back as this database goes; export it first"
        )


def guard_statements(dialect: str) -> tuple[str, ...]:
    """What makes the table of the ledger append-only, on `sqlite` or `postgresql`."""
    return _SQLITE if dialect == "sqlite" else _POSTGRESQL


def unguard_statements(dialect: str) -> tuple[str, ...]:
    """What is left to remove once the table is gone; its triggers went with it."""
    return () if dialect == "sqlite" else ("DROP FUNCTION ledger_refuses()",)
