"""What every request and every answer of the API has in common."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field


class View(BaseModel):
    """An answer: built from a read model of the warehouse by attribute names; every field is always present."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Request(BaseModel):
    """A body somebody sent: unknown keys are refused, text is trimmed."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _as_utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


Instant = Annotated[datetime, Field(description="UTC, ISO 8601 with Z")]
GivenInstant = Annotated[
    AwareDatetime, AfterValidator(_as_utc), Field(description="ISO 8601 with an offset; kept as UTC")
]
Identifier = Annotated[str, Field(min_length=1, max_length=120)]
Sentence = Annotated[str, Field(min_length=3, max_length=500, description="Free text that a person will read")]
Scan = Annotated[str, Field(min_length=1, max_length=120, description="The characters as the scanner typed them")]
TrendPoint = Annotated[
    tuple[int, float | None], Field(description="[milliseconds since 1970, Celsius or null where nothing is known]")
]
