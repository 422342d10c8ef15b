"""RFC 9457 problem details: the one shape of every error."""

from __future__ import annotations

from dashboards.schemas.base import View


class InvalidField(View):
    """One thing wrong with a request, and where; ``detail_zh`` is null where there is no sentence in Chinese."""

    where: str
    detail: str
    detail_zh: str | None


class Problem(View):
    """What went wrong, for machines (`code`) and for people (titles and details).

    ``detail_zh`` is null for a code that has no sentence in Chinese. Nothing was changed.
    """

    type: str
    title: str
    title_zh: str
    status: int
    code: str
    detail: str
    detail_zh: str | None
    instance: str
    fields: list[InvalidField]
