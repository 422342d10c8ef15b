"""The chart of the printed passport: permitted band, what the probes said, excursions, and gaps hatched."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from reportlab.lib.colors import Color, black, white
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from wms.passports.model import ExcursionVerdict, GapLine, LimitKind, Passport, Segment, Side, Watch

_GREY: Final = Color(0.92, 0.92, 0.92)
_LINE: Final = Color(0.25, 0.25, 0.25)
_AIR: Final = Color(0.55, 0.62, 0.72)
_ALARM: Final = Color(0.75, 0.12, 0.1)
_HATCH: Final = Color(0.45, 0.45, 0.45)
_LEFT: Final[float] = 12 * mm
_BOTTOM: Final[float] = 9 * mm
_STRIP: Final[float] = 5 * mm
_SPACE: Final[float] = 1 * mm
_TICKS: Final = 6
_MARGIN_C: Final = 1.5


class PassportChart(Flowable):  # type: ignore[misc]  # reportlab has no types
    """Time to the right in site time, Celsius upwards; the strip above has a number for each stay of the table."""

    def __init__(self, passport: Passport, zone: str, width: float, height: float) -> None:
        super().__init__()
        self._passport = passport
        self._zone = ZoneInfo(zone)
        self.width: float = width
        self.height: float = height
        first = passport.stays[0].from_at if passport.stays else passport.collected_at
        self._from = first.timestamp()
        self._span = max(60.0, passport.computed_at.timestamp() - self._from)
        self._low, self._high = _range(passport)

    def draw(self) -> None:
        """Draw onto the page's canvas."""
        page = self.canv
        page.saveState()
        self._stays(page)
        self._permitted(page)
        self._gaps(page)
        for segment in self._passport.segments:
            self._segment(page, segment)
        self._excursions(page)
        self._axes(page)
        page.restoreState()

    def _x(self, at: float) -> float:
        share = min(1.0, max(0.0, (at - self._from) / self._span))
        return _LEFT + share * (self.width - _LEFT)

    def _y(self, celsius: float) -> float:
        share = (min(self._high, max(self._low, celsius)) - self._low) / (self._high - self._low)
        return _BOTTOM + share * (self.height - _BOTTOM - _STRIP - _SPACE)

    @property
    def _top(self) -> float:
        return self.height - _STRIP - _SPACE

    def _stays(self, page: Any) -> None:
        page.setFont("Helvetica", 6)
        for number, stay in enumerate(self._passport.stays, start=1):
            until = self._passport.computed_at if stay.to_at is None else stay.to_at
            left, right = self._x(stay.from_at.timestamp()), self._x(until.timestamp())
            page.setStrokeColor(_HATCH)
            page.setFillColor(white if stay.watch is Watch.PROBED else _GREY)
            page.rect(left, self.height - _STRIP, max(0.3, right - left), _STRIP, stroke=1, fill=1)
            if right - left > 3 * mm:
                page.setFillColor(black)
                page.drawCentredString((left + right) / 2, self.height - _STRIP + 1.6 * mm, str(number))
            if stay.watch is not Watch.PROBED:
                self._dots(page, left, right)

    def _dots(self, page: Any, left: float, right: float) -> None:
        page.setFillColor(_HATCH)
        for x in _steps(left + 1, right, 4.0):
            for y in _steps(_BOTTOM + 2, self._top, 6.0):
                page.circle(x, y, 0.25, stroke=0, fill=1)

    def _permitted(self, page: Any) -> None:
        legal = [line for line in self._passport.limits if line.kind is LimitKind.LEGAL]
        for begin, end in sorted({(line.from_at, line.to_at) for line in legal}):
            here = [line for line in legal if (line.from_at, line.to_at) == (begin, end)]
            low = max((line.value_c for line in here if line.side is Side.BELOW), default=self._low)
            high = min((line.value_c for line in here if line.side is Side.ABOVE), default=self._high)
            left, right = self._x(begin.timestamp()), self._x(end.timestamp())
            page.setFillColor(_GREY)
            page.rect(left, self._y(low), right - left, self._y(high) - self._y(low), stroke=0, fill=1)
            page.setStrokeColor(_LINE)
            page.setLineWidth(0.4)
            page.setDash(3, 2)
            for line in here:
                page.line(left, self._y(line.value_c), right, self._y(line.value_c))
            page.setDash()

    def _gaps(self, page: Any) -> None:
        for gap in self._passport.gaps:
            left, right = self._x(gap.from_at.timestamp()), self._x(gap.to_at.timestamp())
            right = max(right, left + 0.8)
            page.saveState()
            clip = page.beginPath()
            clip.rect(left, _BOTTOM, right - left, self._top - _BOTTOM)
            page.clipPath(clip, stroke=0, fill=0)
            page.setStrokeColor(_HATCH)
            page.setLineWidth(0.3)
            height = self._top - _BOTTOM
            for x in _steps(left - height, right, 3.0):
                page.line(x, _BOTTOM, x + height, self._top)
            page.restoreState()
            self._band(page, gap, left, right)

    def _band(self, page: Any, gap: GapLine, left: float, right: float) -> None:
        if gap.min_c is None or gap.max_c is None:
            return
        page.setStrokeColor(black)
        page.setFillColor(white)
        page.setLineWidth(0.5)
        low, high = self._y(gap.min_c), self._y(gap.max_c)
        page.rect(left, low, right - left, max(0.6, high - low), stroke=1, fill=0)

    def _segment(self, page: Any, segment: Segment) -> None:
        is_load = segment.probe_kind == "load"
        page.setStrokeColor(_LINE if is_load else _AIR)
        page.setLineWidth(0.8 if is_load else 0.35)
        for run in _runs(segment):
            path = page.beginPath()
            for number, (at_ms, low, high) in enumerate(run):
                x = self._x(at_ms / 1000)
                (path.moveTo if number == 0 else path.lineTo)(x, self._y(low))
                path.lineTo(x, self._y(high))
            page.drawPath(path, stroke=1, fill=0)

    def _excursions(self, page: Any) -> None:
        page.setFillColor(_ALARM)
        for one in self._passport.excursions:
            if one.verdict is ExcursionVerdict.OUTSIDE:
                until = self._passport.computed_at if one.to_at is None else one.to_at
                left, right = self._x(one.from_at.timestamp()), self._x(until.timestamp())
                page.rect(left, self._top - 1.6 * mm, max(0.8, right - left), 1.6 * mm, stroke=0, fill=1)

    def _axes(self, page: Any) -> None:
        page.setStrokeColor(black)
        page.setFillColor(black)
        page.setLineWidth(0.5)
        page.rect(_LEFT, _BOTTOM, self.width - _LEFT, self._top - _BOTTOM, stroke=1, fill=0)
        page.setFont("Helvetica", 6.5)
        step = _nice((self._high - self._low) / _TICKS)
        for celsius in _steps(math.ceil(self._low / step) * step, self._high + 1e-9, step):
            y = self._y(celsius)
            page.line(_LEFT - 1 * mm, y, _LEFT, y)
            page.drawRightString(_LEFT - 1.5 * mm, y - 2, f"{celsius:g}")
        page.drawString(0, self._top - 6, "°C")
        for number in range(_TICKS):
            at = self._from + self._span * number / (_TICKS - 1)
            x = self._x(at)
            page.line(x, _BOTTOM, x, _BOTTOM - 1 * mm)
            text = f"{datetime.fromtimestamp(at, self._zone):%m-%d %H:%M}"
            anchor = page.drawRightString if number == _TICKS - 1 else page.drawCentredString
            (page.drawString if number == 0 else anchor)(x, _BOTTOM - 4 * mm, text)


def _range(passport: Passport) -> tuple[float, float]:
    values = [point for segment in passport.segments for _, low, high in segment.points for point in (low, high)]
    values += [line.value_c for line in passport.limits if line.kind is LimitKind.LEGAL]
    values += [edge for gap in passport.gaps for edge in (gap.min_c, gap.max_c) if edge is not None]
    low, high = min(values, default=0.0), max(values, default=10.0)
    return low - _MARGIN_C, high + _MARGIN_C


def _runs(segment: Segment) -> Iterator[list[tuple[int, float, float]]]:
    """Points that belong together: a step much longer than the usual one is a gap and is not drawn over."""
    points = segment.points
    usual = min((b[0] - a[0] for a, b in pairwise(points)), default=0)
    run: list[tuple[int, float, float]] = []
    for point in points:
        if run and point[0] - run[-1][0] > 3 * usual + 300_000:
            yield run
            run = []
        run.append(point)
    if run:
        yield run


def _steps(begin: float, end: float, step: float) -> Iterator[float]:
    at = begin
    while at <= end:
        yield at
        at += step


def _nice(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * one for one in (1, 2, 5, 10) if power * one >= step)
