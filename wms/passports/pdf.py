"""The passport as A4 pages to print: identity, verdict, chart, stays, limits, excursions, gaps, decisions, seal."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from reportlab.lib.colors import Color, black, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from plant.model import Plant
from wms.bags.read import place_names
from wms.holds.wording import STATUSES
from wms.passports.model import MKT_NOTE_EN, MKT_NOTE_ZH, Passport, PassportVerdict, Worst
from wms.passports.outcomes import NAMES, DispositionOutcome
from wms.passports.pdf_chart import PassportChart
from wms.passports.pdf_words import Language, name, verification, word
from wms.passports.record_rules import record_rules
from wms.passports.rows import Seal
from wms.passports.together import together

_CJK_FONT: Final = "STSong-Light"
"""A CID font that PDF readers bring along: nothing is embedded, and it has both scripts."""
_CJK: Final = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]+")
_EDGE: Final = 14 * mm
_PADDING: Final = 12
"""Points that the frame of a page keeps free at its two sides together."""
_WIDTH: Final = A4[0] - 2 * _EDGE - _PADDING
_RULE: Final = Color(0.75, 0.75, 0.75)
_HEAD: Final = Color(0.93, 0.93, 0.93)
_BODY: Final = ParagraphStyle("body", fontName="Helvetica", fontSize=7.5, leading=9.5, wordWrap="CJK")
_SMALL: Final = ParagraphStyle("small", parent=_BODY, fontSize=6.5, leading=8)
_SECTION: Final = ParagraphStyle("section", parent=_BODY, fontSize=9.5, leading=12, spaceBefore=7, spaceAfter=2)
_TITLE: Final = ParagraphStyle("title", parent=_BODY, fontSize=16, leading=20)
_VERDICT: Final = ParagraphStyle("verdict", parent=_BODY, fontSize=13, leading=16)
_FILLS: Final = {
    PassportVerdict.KEPT: (white, black),
    PassportVerdict.OUTSIDE: (Color(0.75, 0.12, 0.1), white),
    PassportVerdict.UNKNOWN: (Color(0.98, 0.85, 0.45), black),
}
_MARKS: Final = {PassportVerdict.KEPT: "=", PassportVerdict.OUTSIDE: "!", PassportVerdict.UNKNOWN: "?"}


def passport_pdf(passport: Passport, seal: Seal | None, *, plant: Plant, lang: Language) -> bytes:
    """The passport as a PDF document; the same passport gives the same bytes."""
    pdfmetrics.registerFont(UnicodeCIDFont(_CJK_FONT))
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=_EDGE,
        rightMargin=_EDGE,
        topMargin=_EDGE,
        bottomMargin=16 * mm,
        title=f"{word('title', lang)} {passport.bag}",
        invariant=1,
    )

    def foot(page: Any, numbered: Any) -> None:
        page.setFont(_CJK_FONT, 7)
        suffix = " 页" if lang == "zh" else ""
        page.drawString(_EDGE, 9 * mm, f"{passport.bag}    {passport.computed_at:%Y-%m-%d %H:%M}Z")
        page.drawRightString(A4[0] - _EDGE, 9 * mm, f"{word('page', lang)} {numbered.page}{suffix}")

    document.build(_Page(passport, seal, plant, lang).story(), onFirstPage=foot, onLaterPages=foot)
    return buffer.getvalue()


class _Page:
    """The parts of the document in one language."""

    def __init__(self, passport: Passport, seal: Seal | None, plant: Plant, lang: Language) -> None:
        self._passport = passport
        self._seal = seal
        self._plant = plant
        self._lang: Language = lang
        self._zone = ZoneInfo(plant.site.timezone)

    def story(self) -> list[Flowable]:
        """Everything from top to bottom."""
        passport = self._passport
        chart = PassportChart(passport, self._plant.site.timezone, _WIDTH, 78 * mm)
        return [
            self._head(),
            Spacer(0, 2 * mm),
            self._identity(),
            Spacer(0, 2 * mm),
            self._verdict(),
            self._section("chart"),
            chart,
            _text(word("chart_note", self._lang), _SMALL),
            *self._listed("limits", self._limits()),
            *self._listed("stays", self._stays()),
            *self._listed("excursions", self._excursions()),
            *self._listed("gaps", self._gaps()),
            *self._listed("decisions", self._decisions()),
            *self._figures(),
            *self._sealed(),
        ]

    def _head(self) -> Flowable:
        site = self._plant.site
        owner = site.name_zh if self._lang == "zh" else site.name_en
        return Table(
            [[_text(word("title", self._lang), _TITLE), _text(owner, _BODY)]],
            colWidths=[_WIDTH * 0.6, _WIDTH * 0.4],
            style=[("LINEBELOW", (0, 0), (-1, -1), 0.8, black), ("VALIGN", (0, 0), (-1, -1), "BOTTOM")],
        )

    def _identity(self) -> Flowable:
        one, lang = self._passport, self._lang
        component = f"{one.name_zh if lang == 'zh' else one.name_en} ({one.component})"
        cells = [
            ("bag", one.bag),
            ("component", component),
            ("group", one.group or word("unknown", lang)),
            ("status", STATUSES.get(one.status, one.status) if lang == "zh" else one.status),
            ("collected", self._at(one.collected_at)),
            ("expires", self._at(one.expires_at)),
            ("made_from", ", ".join(one.parents) or "-"),
            ("profile", f"{one.profile} v{one.profile_version}"),
        ]
        rows = [
            [part for key, value in cells[at : at + 2] for part in (word(key, lang), value)]
            for at in range(0, len(cells), 2)
        ]
        return _table(rows, [0.14, 0.36, 0.14, 0.36], head=False)

    def _verdict(self) -> Flowable:
        one, lang = self._passport, self._lang
        fill, ink = _FILLS[one.verdict]
        style = ParagraphStyle("on", parent=_VERDICT, textColor=ink)
        said = [reason.zh if lang == "zh" else reason.en for reason in one.reasons]
        text = _text(f"{_MARKS[one.verdict]}  {word('verdict', lang)}: {name(one.verdict, lang)}", style)
        why = [_text(sentence, ParagraphStyle("why", parent=_BODY, textColor=ink)) for sentence in said]
        return Table(
            [[[text, *why]]],
            colWidths=[_WIDTH],
            style=[("BOX", (0, 0), (-1, -1), 1.2, black), ("BACKGROUND", (0, 0), (-1, -1), fill)],
        )

    def _limits(self) -> list[list[str]]:
        lang = self._lang
        head = [word(key, lang) for key in ("limit", "minutes", "worst", "source")]
        rows = [
            [
                f"{name(line.kind, lang)} {name(line.side, lang)} {line.value_c:g} °C",
                f"{line.minutes:.1f}",
                "-" if line.worst_c is None else f"{line.worst_c:.2f}",
                f"{line.source} ({line.status})",
            ]
            for line in self._passport.limits
        ]
        return [head, *rows]

    def _stays(self) -> list[list[str]]:
        lang = self._lang
        head = ["#", *(word(key, lang) for key in ("place", "from", "to", "minutes", "watch"))]
        rows = [
            [
                str(number),
                f"{stay.name_zh if lang == 'zh' else stay.name_en} ({stay.place})",
                self._at(stay.from_at),
                self._until(stay.to_at),
                f"{stay.minutes:.0f}",
                name(stay.watch, lang),
            ]
            for number, stay in enumerate(self._passport.stays, start=1)
        ]
        return [head, *rows]

    def _excursions(self) -> list[list[str]]:
        lang = self._lang
        head = [word(key, lang) for key in ("probe", "from", "to", "minutes", "worst", "limit", "meaning")]
        rows = [
            [
                one.probe,
                self._at(one.from_at),
                self._until(one.to_at),
                f"{one.minutes:.1f}" + (f" ({times}x)" if times > 1 else ""),
                f"{one.worst_c:.2f}",
                f"{name(one.side, lang)} {one.limit_c:g}",
                name(one.verdict, lang),
            ]
            for one, times in together(self._passport.excursions)
        ]
        return [head, *rows]

    def _gaps(self) -> list[list[str]]:
        lang = self._lang
        head = [word(key, lang) for key in ("place", "from", "to", "minutes", "reason", "band")]
        rows = []
        for gap in self._passport.gaps:
            band = "?" if gap.min_c is None or gap.max_c is None else f"{gap.min_c:.1f} ... {gap.max_c:.1f}"
            by = f" ({gap.probe})" if gap.probe is not None else ""
            rows.append(
                [
                    place_names(self._plant, gap.place)[lang == "zh"],
                    self._at(gap.from_at),
                    self._at(gap.to_at),
                    f"{gap.minutes:.1f}",
                    name(gap.reason, lang),
                    f"{band}: {name(gap.basis, lang)}{by}",
                ]
            )
        return [head, *rows]

    def _decisions(self) -> list[list[str]]:
        lang, rules = self._lang, record_rules(self._passport.profile)
        head = [word(key, lang) for key in ("trigger", "from", "outcome", "people", "comment")]
        rows = []
        for one in self._passport.decisions:
            rule = rules.named(one.trigger)
            outcome = (
                word("open", lang) if one.outcome is None else NAMES[DispositionOutcome(one.outcome)][lang == "zh"]
            )
            rows.append(
                [
                    rule.name_zh if lang == "zh" else rule.name_en,
                    self._at(one.from_at),
                    outcome,
                    ", ".join(one.people) or "-",
                    one.comment or "-",
                ]
            )
        return [head, *rows]

    def _figures(self) -> list[Flowable]:
        one, lang = self._passport, self._lang
        clock = one.clock
        said = clock.detail_zh if lang == "zh" else clock.detail
        rows = [[word("clock", lang), said], [word("extremes", lang), f"{_value(one.warmest)} / {_value(one.coldest)}"]]
        shaken = one.agitation
        if shaken is not None:
            most = "-" if shaken.max_total_min is None else f"{shaken.max_total_min:.0f}"
            text = (
                f"{word('rest_single', lang)} {shaken.longest_min:.0f}, {word('rest_total', lang)} "
                f"{shaken.total_min:.0f} ({most}), {word('unknown', lang)} {shaken.unknown_min:.0f} "
                f"{word('minutes', lang)}"
            )
            rows.append([word("agitation", lang), text])
        note = MKT_NOTE_ZH if lang == "zh" else MKT_NOTE_EN
        mkt = "-" if one.mkt_c is None else f"{one.mkt_c:.2f} °C"
        rows.append([word("mkt", lang), f"{mkt}. {note}"])
        return [Spacer(0, 3 * mm), _table(rows, [0.2, 0.8], head=False)]

    def _sealed(self) -> list[Flowable]:
        lang, seal = self._lang, self._seal
        if seal is None:
            return [self._section("seal"), _text(word("not_sealed", lang))]
        said = verification(seal.hash, seal.seq, self._at(seal.at), lang)
        broken = [] if seal.intact else [_text(word("broken", lang), _VERDICT)]
        return [self._section("seal"), *broken, _text(said)]

    def _listed(self, key: str, rows: list[list[str]]) -> list[Flowable]:
        if len(rows) == 1:
            return [self._section(key), _text(word("none", self._lang))]
        widths = _WIDTHS[key]
        return [self._section(key), _table(rows, widths, head=True)]

    def _section(self, key: str) -> Paragraph:
        return _text(word(key, self._lang), _SECTION)

    def _at(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M}"

    def _until(self, at: datetime | None) -> str:
        return word("ongoing", self._lang) if at is None else self._at(at)


_WIDTHS: Final = {
    "limits": [0.28, 0.09, 0.1, 0.53],
    "stays": [0.05, 0.39, 0.17, 0.17, 0.08, 0.14],
    "excursions": [0.2, 0.17, 0.17, 0.09, 0.09, 0.12, 0.16],
    "gaps": [0.2, 0.16, 0.16, 0.08, 0.14, 0.26],
    "decisions": [0.26, 0.16, 0.16, 0.16, 0.26],
}


def _value(worst: Worst | None) -> str:
    return "-" if worst is None else f"{worst.value_c:.2f} °C ({worst.probe}, {worst.at:%Y-%m-%d %H:%M}Z)"


def _table(rows: Sequence[Sequence[str]], shares: Sequence[float], *, head: bool) -> Table:
    style: list[tuple[Any, ...]] = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, _RULE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 1.2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.2),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2),
    ]
    if head:
        style.append(("BACKGROUND", (0, 0), (-1, 0), _HEAD))
    cells = [[_text(value) for value in row] for row in rows]
    widths = [_WIDTH * share for share in shares]
    return Table(cells, colWidths=widths, repeatRows=int(head), style=TableStyle(style))


def _text(text: str, style: ParagraphStyle = _BODY) -> Paragraph:
    """A paragraph in both scripts: Latin as it is, Chinese in the font that has it."""
    return Paragraph(_CJK.sub(lambda run: f'<font name="{_CJK_FONT}">{run[0]}</font>', escape(text)), style)
