"""For tests that are not about temperature: every record is judged good, every passport is ready."""

from __future__ import annotations

from wms.store.database import Database

FOR_EVER_US = 4_000_000_000_000_000
_ROW = f"(NEW.id, 'passed', {FOR_EVER_US}, {FOR_EVER_US}, 0, NULL, 0, 0, '[]')"
_INSERT = (
    "INSERT INTO temperature_judgement "
    "(bag, state, judged_us, through_us, outside_min, worst_c, gap_min, unwatched_min, detail) "
    f"VALUES {_ROW}"
)
_DROP = "DELETE FROM passport_draft WHERE bag = NEW.id"
_DRAFT = (
    "INSERT INTO passport_draft (bag, computed_us, computed_real_us, verdict, document) "
    f"VALUES (NEW.id, {FOR_EVER_US}, {FOR_EVER_US}, 'kept', '{{}}')"
)
_READY = f"{_DROP}; {_DRAFT};"
_JUDGED = {
    "sqlite": (f"CREATE TRIGGER bag_is_judged AFTER INSERT ON bag BEGIN {_INSERT}; END",),
    "postgresql": (
        f"CREATE FUNCTION judge_bag() RETURNS trigger AS $$ BEGIN {_INSERT}; RETURN NEW; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER bag_is_judged AFTER INSERT ON bag FOR EACH ROW EXECUTE FUNCTION judge_bag()",
    ),
}
_PASSPORT = {
    "sqlite": (f"CREATE TRIGGER passport_is_ready AFTER UPDATE ON bag WHEN NEW.status = 'PACKED' BEGIN {_READY} END",),
    "postgresql": (
        f"CREATE FUNCTION draft_passport() RETURNS trigger AS $$ BEGIN {_READY} RETURN NEW; END $$ LANGUAGE plpgsql",
        (
            "CREATE TRIGGER passport_is_ready AFTER UPDATE ON bag FOR EACH ROW WHEN (NEW.status = 'PACKED') "
            "EXECUTE FUNCTION draft_passport()"
        ),
    ),
}


def every_record_is_good(database: Database) -> None:
    """Install both in a test's database, before its first bag: records for release, passports for dispatch."""
    _install(database, _JUDGED)
    every_passport_is_ready(database)


def every_passport_is_ready(database: Database) -> None:
    """Install a passport for every bag that is packed, in a test's database."""
    _install(database, _PASSPORT)


def _install(database: Database, statements: dict[str, tuple[str, ...]]) -> None:
    with database.write_engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        for statement in statements[connection.dialect.name]:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("COMMIT")
