from __future__ import annotations

from pathlib import Path
from typing import Any

from dashboards.app import declare_api
from dashboards.context import WebOptions
from dashboards.openapi import COMMITTED, document, render


def described() -> dict[str, Any]:
    return document(declare_api(Path(), WebOptions()))


def test_the_committed_openapi_file_is_what_the_application_says() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == render(declare_api(Path(), WebOptions())), (
        "run: python -m dashboards.openapi"
    )


def test_every_answer_always_has_every_field_so_that_types_are_exact() -> None:
    schemas = described()["components"]["schemas"]
    requests = {name for name, schema in schemas.items() if schema.get("additionalProperties") is False}
    for name, schema in schemas.items():
        if schema["type"] == "object" and name not in requests:
            assert set(schema.get("required", ())) == set(schema["properties"]), name


def test_every_body_refuses_unknown_keys() -> None:
    api = described()
    for path, operations in api["paths"].items():
        for method, operation in operations.items():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                name = content["schema"]["$ref"].rpartition("/")[2]
                assert api["components"]["schemas"][name]["additionalProperties"] is False, (method, path)


def test_every_operation_has_a_stable_name_a_sentence_and_problem_answers() -> None:
    names = []
    for path, operations in described()["paths"].items():
        for operation in operations.values():
            names.append(operation["operationId"])
            assert operation["description"], path
            for status in ("4XX", "5XX"):
                assert list(operation["responses"][status]["content"]) == ["application/problem+json"], path
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)


DONORS_BY_NATURE = {"Match", "Lock", "PlateletDonor", "RareDonor", "RecallScope"}
"""Answers of the registries and of a recall that quality opened for a donor; pseudonyms all the same."""


def test_no_answer_of_the_warehouse_has_a_place_for_a_donor() -> None:
    api = described()
    schemas = api["components"]["schemas"]
    waiting = [
        name
        for operations in api["paths"].values()
        for operation in operations.values()
        for name in named_in(operation["responses"])
    ]
    answers: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in answers:
            answers.add(name)
            waiting += named_in(schemas[name])
    assert {name for name in answers if "donor" in schemas[name].get("properties", {})} <= DONORS_BY_NATURE


def named_in(document: object) -> list[str]:
    """Schemas that a part of the document refers to."""
    if isinstance(document, dict):
        here = [str(document["$ref"]).rpartition("/")[2]] if "$ref" in document else []
        return here + [name for part in document.values() for name in named_in(part)]
    return [name for part in document for name in named_in(part)] if isinstance(document, list) else []
