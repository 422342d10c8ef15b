"""Scans at the hand terminal: what a person did with a bag, box or place, and what came of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dashboards.schemas.base import Identifier, Request, Scan, View


class ScanOutcome(View):
    """What came of a scan, in both languages, and what to do next. Nothing was changed by one that is not accepted."""

    accepted: bool
    code: str | None
    detail_en: str
    detail_zh: str
    bag: str | None
    next_en: str | None
    next_zh: str | None


class BagScan(Request):
    """Both codes of a bag's label."""

    din_scan: Scan
    product_scan: Scan


class ReceiveScanRequest(Request):
    """A bag arrived at the dock and the portal did not see it."""

    din_scan: Scan


class MoveScanRequest(BagScan):
    """A person carried a bag somewhere."""

    to_place: Identifier


class PutAwayScanRequest(BagScan):
    """A person put a bag into its slot."""

    to_place: Identifier


class PackScanRequest(BagScan):
    """A person put a bag into a transport box."""

    box: Identifier


class CloseBoxRequest(Request):
    """A person closed a box: whether the coolant is the right one, and whether its logger runs."""

    box: Identifier
    coolant_ok: Annotated[bool, Field(strict=True)]
    logger_started: Annotated[bool, Field(strict=True)]


class BoxCheckRequest(Request):
    """A person read every bag of a closed box in the tunnel's place."""

    box: Identifier
    items: Annotated[list[BagScan], Field(min_length=1, max_length=200)]


class TakeOutRequest(BagScan):
    """A person took a bag out of a transport box again."""

    box: Identifier


class LetGoRequest(Request):
    """A person read every bag of a shipment while it was carried out, in place of lock and portal."""

    shipment: Identifier
    items: Annotated[list[BagScan], Field(min_length=1, max_length=500)]
