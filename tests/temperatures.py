"""For tests that are not about temperature: every bag's record is judged good from the moment that it is known."""

from __future__ import annotations

from wms.store.database import Database

FOR_EVER_US = 4_000_000_000_000_000
_ROW = f"(NEW.id, 'passed', {FOR_EVER_US}, {FOR_EVER_US}, 0, NULL, 0, 0, '[]')"
_INSERT = (
    "INSERT INTO temperature_judgement "
    "(bag, state, judged_us, through_us, outside_min, worst_c, gap_min, unwatched_min, detail) "
    f"VALUES {_ROW}"
)
_SQLITE = (f"CREATE TRIGGER bag_is_judged AFTER INSERT ON bag BEGIN {_INSERT}; END",)
_POSTGRESQL = (
    f"CREATE FUNCTION judge_bag() RETURNS trigger AS $$ BEGIN {_INSERT}; RETURN NEW; END $$ LANGUAGE plpgsql",
    "CREATE TRIGGER bag_is_judged AFTER INSERT ON bag FOR EACH ROW EXECUTE FUNCTION judge_bag()",
)


def every_record_is_good(database: Database) -> None:
    """Install it in a test's database, before its first bag."""
    with database.write_engine.connect() as connection:
        statements = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL
        connection.exec_driver_sql("BEGIN")
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("COMMIT")
