"""What a scan answers: a refusal is an outcome that the hand terminal shows, in both languages, not an error."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from blood.isbt128 import ScanError
from dashboards.context import House, Repeat, write
from dashboards.problems import scan_code, title_of
from dashboards.refusals import in_chinese
from dashboards.schemas.scans import ScanOutcome
from plant.model import Plant
from wms.bags.read import place_names
from wms.errors import Refused
from wms.orders.sentences import Sentence
from wms.people.sessions import Visitor
from wms.store.tx import Tx


def accepted(detail: Sentence, bag: str | None = None, then: Sentence | None = None) -> ScanOutcome:
    """The scan did what it was for."""
    return ScanOutcome(
        accepted=True,
        code=None,
        detail_en=detail.en,
        detail_zh=detail.zh,
        bag=bag,
        next_en=None if then is None else then.en,
        next_zh=None if then is None else then.zh,
    )


def refused(code: str, detail: Sentence, bag: str | None = None, then: Sentence | None = None) -> ScanOutcome:
    """What was scanned is not as it must be; only that is written down."""
    return accepted(detail, bag, then).model_copy(update={"accepted": False, "code": code})


def is_at(plant: Plant, bag: str, place: str) -> Sentence:
    """Where a bag is now, by the names of the place."""
    name_en, name_zh = place_names(plant, place)
    return Sentence(f"{bag} is now at {name_en}.", f"{bag} 现位于 {name_zh}。")


async def scan(house: House, who: Visitor, repeat: Repeat, act: Callable[[Tx], ScanOutcome]) -> ScanOutcome:
    """Run the act of a scan; what the warehouse refuses becomes the outcome. What is out of order is still an error."""
    try:
        done = await write(house, who, repeat, lambda tx: act(tx).model_dump(mode="json"))
    except ScanError as error:
        return _refusal(scan_code(error), str(error), HTTPStatus.UNPROCESSABLE_ENTITY)
    except Refused as error:
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        return _refusal(error.code, error.detail, error.status)
    return ScanOutcome.model_validate(done)


def _refusal(code: str, detail: str, status: int) -> ScanOutcome:
    return refused(code, Sentence(detail, in_chinese(code) or f"{title_of(status, code)[1]}（{code}）"))
