"""Operations by hand: what may be done, and what was made."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from blood.operations import Doer, OperationKind
from dashboards.schemas.base import Identifier, Request, Sentence, View
from dashboards.schemas.preparation import MeasureLimit
from dashboards.schemas.scans import BagScan


class HandOperation(View):
    """One operation of the profile.

    ``output`` is null when a bag stays the component it is, ``also`` is what comes of it besides. ``by``: who usually
    does it; what a machine does can be done by hand when it is down. ``approval``: two people sign (act `bag.relabel`).
    ``keeps_bag``: the bag keeps its number and product (quick freezing, opening). ``volumes``: how many volumes are
    asked for (null: one for each piece; 0: the volume stays what it is). Ages and limits are hours, null where there is
    none.
    """

    operation: OperationKind
    inputs: list[str]
    output: str | None
    also: list[str]
    min_parents: int
    max_parents: int
    max_pieces: int
    max_age_h: float | None
    expiry: str
    expiry_limit_h: float | None
    by: Doer
    approval: bool
    keeps_bag: bool
    volumes: int | None
    attributes: list[str]
    measures: list[MeasureLimit]
    source: str
    status: str


class HandOperations(View):
    """Everything that can be done by hand at this site."""

    items: list[HandOperation]


class MeasuredValue(Request):
    """A value that somebody measured."""

    name: Identifier
    value: float
    unit: Annotated[str, Field(min_length=1, max_length=20)]


class OperationRequest(Request):
    """An operation that people did by hand, with both codes of each bag that went into it.

    ``output`` chooses among operations of one name. ``volumes_ml`` are those of what came out, in the order of
    `output, also...`, or of the pieces of a split. ``place`` is where it lies now (default: the preparation outlet).
    ``signatures`` for an operation with approval: act `bag.relabel`, subject the first bag's id, content this body
    without ``signatures``, fields that were not given left out.
    """

    operation: OperationKind
    bags: Annotated[list[BagScan], Field(min_length=1, max_length=30)]
    output: Identifier | None = None
    volumes_ml: Annotated[tuple[Annotated[float, Field(gt=0, le=2000)], ...], Field(max_length=26)] = ()
    measures: Annotated[tuple[MeasuredValue, ...], Field(max_length=20)] = ()
    place: Identifier | None = None
    reason: Sentence | None = None
    signatures: Annotated[list[Identifier], Field(min_length=2, max_length=2)] | None = None


class OperationOutcome(View):
    """What was made (each waits for its label), and which of it is held because its record missed a limit."""

    batch: str
    children: list[str]
    held: list[str]
