"""What a rule wrote in English, beside it in Chinese: fields that are read from the English one."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from wms.holds.wording import in_chinese


def _each(texts: list[str]) -> list[str]:
    return [in_chinese(text) for text in texts]


_OF = "The same in Chinese; what a person wrote, as it was typed"
ReasonZh = Annotated[str, Field(validation_alias="reason", description=_OF), AfterValidator(in_chinese)]
DetailZh = Annotated[str, Field(validation_alias="detail", description=_OF), AfterValidator(in_chinese)]
FindingZh = Annotated[str, Field(validation_alias="finding", description=_OF), AfterValidator(in_chinese)]
HoldsZh = Annotated[list[str], Field(validation_alias="holds", description=_OF), AfterValidator(_each)]
AgainstZh = Annotated[list[str], Field(validation_alias="against", description=_OF), AfterValidator(_each)]
