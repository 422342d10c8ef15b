"""What ISBT 128 codes say of a typing (DS012, DS030, DS014), and how a new typing joins what is known. Pure.

Source: ST-001 2.4.12, 2.4.14, 2.4.30 (domain.md 3.8, 3.9).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from blood.antigens import UNTESTED, AntigenError, AntigenSet, Result, Typed, TypingEvidence, antigen_name, antigen_set
from blood.hla import HPA_ANTIGENS, HlaType, HpaTyped, hla_type
from blood.isbt128.antigen_history import History, RedCellAntigensWithHistory
from blood.isbt128.element import Element
from blood.isbt128.pairs import Result as Said
from blood.isbt128.platelets import CMV_ANTIBODY, PlateletAntigens, Titre
from blood.isbt128.red_cells import RedCellAntigens

TYPING_ELEMENTS: Final = (RedCellAntigens, RedCellAntigensWithHistory, PlateletAntigens)
"""The structures that `typing_of` reads."""
_HLA_NOT_TESTED: Final = "00"
_STRENGTH: Final = (TypingEvidence.UNSTATED, TypingEvidence.HISTORIC, TypingEvidence.CURRENT)
_EVIDENCE: Final[Mapping[History, TypingEvidence]] = {
    History.ONCE_THIS: TypingEvidence.CURRENT,
    History.ONCE_PRIOR: TypingEvidence.HISTORIC,
    History.TWICE_CURRENT_AND_HISTORIC: TypingEvidence.CURRENT,
    History.TWICE_HISTORIC: TypingEvidence.HISTORIC,
    History.TWICE_THIS: TypingEvidence.CURRENT,
    History.NOT_STATED: TypingEvidence.UNSTATED,
}


class TypingError(ValueError):
    """A code that carries no typing."""


@dataclass(frozen=True, slots=True)
class Typing:
    """All that is known of one donation's antigens; None of CMV: not tested.

    ``unnamed`` are results of the code that no column of a bag can keep, such as `IgA-`.
    """

    antigens: AntigenSet = UNTESTED
    hla: HlaType | None = None
    cmv_antibody: Result | None = None
    is_low_titre: bool = False
    unnamed: tuple[str, ...] = ()


NOT_TYPED: Final = Typing()
"""A donation that nobody typed."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Two typings as one; what they contradict each other in is in neither way known, and named."""

    typing: Typing
    contradictions: tuple[str, ...] = field(default=())


def typing_of(element: Element) -> Typing:
    """What one structure says of a typing; raises TypingError for a structure that carries none."""
    match element:
        case RedCellAntigens():
            return _of_red_cells(element)
        case RedCellAntigensWithHistory():
            said = ((one.name, one.present, _EVIDENCE[one.history]) for one in element.antigens)
            antigens, unnamed = _antigens(said)
            return Typing(antigens, unnamed=unnamed)
        case PlateletAntigens():
            return _of_platelets(element)
        case _:
            raise TypingError(f"{element.name} carries no typing; scan DS012, DS014 or DS030")


def join(known: Typing, new: Typing) -> Joined:
    """Join a new typing with a known one: agreement keeps the stronger evidence, a contradiction is named.

    What is contradicted counts as not tested afterwards: neither result may serve a patient.
    """
    wrong: list[str] = []
    antigens = _join_antigens(known.antigens, new.antigens, wrong)
    hla = _join_hla(known.hla, new.hla, wrong)
    cmv = known.cmv_antibody if new.cmv_antibody is None else new.cmv_antibody
    if None not in (known.cmv_antibody, new.cmv_antibody) and known.cmv_antibody is not new.cmv_antibody:
        wrong.append(f"CMV antibody is {new.cmv_antibody}, it was {known.cmv_antibody}")
        cmv = None
    unnamed = tuple(sorted({*known.unnamed, *new.unnamed}))
    return Joined(Typing(antigens, hla, cmv, known.is_low_titre or new.is_low_titre, unnamed), tuple(wrong))


def join_all(typings: Sequence[Typing]) -> Joined:
    """Every typing of one donation as one; what any two of them contradict each other in stays unknown and is named."""
    joined, wrong = NOT_TYPED, list[str]()
    for typing in typings:
        step = join(joined, typing)
        joined = step.typing
        wrong += step.contradictions
    if not wrong:
        return Joined(joined)
    agreed = [one for one in joined.antigens.typed if _agree(one, typings)]
    cmv = {typing.cmv_antibody for typing in typings} - {None}
    hla = [typing.hla for typing in typings if typing.hla is not None]
    return Joined(
        replace(
            joined,
            antigens=antigen_set(agreed),
            hla=_agreed_hla(joined.hla, hla),
            cmv_antibody=joined.cmv_antibody if len(cmv) == 1 else None,
        ),
        tuple(dict.fromkeys(wrong)),
    )


def _agree(one: Typed, typings: Iterable[Typing]) -> bool:
    said = (typing.antigens.of(one.antigen) for typing in typings)
    return all(other is None or other.result is one.result for other in said)


def _agreed_hla(joined: HlaType | None, said: Sequence[HlaType]) -> HlaType | None:
    if joined is None:
        return None
    a = joined.a if len({frozenset(one.a) for one in said if one.a}) == 1 else ()
    b = joined.b if len({frozenset(one.b) for one in said if one.b}) == 1 else ()
    results = {(typed.antigen, typed.result) for one in said for typed in one.hpa}
    hpa = [one for one in joined.hpa if sum(antigen == one.antigen for antigen, _ in results) == 1]
    return hla_type(a, b, hpa) if a or b or hpa else None


def _of_red_cells(element: RedCellAntigens) -> Typing:
    said = {**element.antigens, **element.also}
    antigens, unnamed = _antigens((name, present, TypingEvidence.CURRENT) for name, present in said.items())
    return Typing(antigens, cmv_antibody=_result(element.cmv_antibody), unnamed=unnamed)


def _of_platelets(element: PlateletAntigens) -> Typing:
    hpa = element.hpa
    typed = [HpaTyped(name, _sign(present)) for name, present in hpa.items() if name in HPA_ANTIGENS]
    loci = (element.hla_a, element.hla_b)
    half = [start for start in (0, 4) if _HLA_NOT_TESTED in _values(element, start) and loci[start // 4]]
    a, b = (() if start in half else locus for start, locus in zip((0, 4), loci, strict=True))
    unnamed = [f"{name}{_sign(present)}" for name, present in hpa.items() if name not in HPA_ANTIGENS]
    unnamed += [f"HLA-{antigen}, other not tested" for start in half for antigen in loci[start // 4]]
    iga = _result(element.results["IgA"])
    unnamed += [] if iga is None else [f"IgA{iga}"]
    return Typing(
        hla=hla_type(a, b, typed) if a or b or typed else None,
        cmv_antibody=_result(element.results[CMV_ANTIBODY]),
        is_low_titre=element.titre is Titre.NOT_HIGH,
        unnamed=tuple(sorted(unnamed)),
    )


def _values(element: PlateletAntigens, start: int) -> tuple[str, str]:
    return element.content[start : start + 2], element.content[start + 2 : start + 4]


def _antigens(said: Iterable[tuple[str, bool, TypingEvidence]]) -> tuple[AntigenSet, tuple[str, ...]]:
    """Antigens that have a name here; the others as words. Raises TypingError when one name has both results."""
    typed: dict[str, Typed] = {}
    unnamed: set[str] = set()
    for text, present, evidence in said:
        try:
            one = Typed(antigen_name(text), _sign(present), evidence)
        except AntigenError:
            unnamed.add(f"{text}{_sign(present)}")
            continue
        other = typed.get(one.antigen, one)
        if other.result is not one.result:
            raise TypingError(f"{one.antigen} is said to be present and absent; do not use this code")
        typed[one.antigen] = _stronger(other, one)
    return antigen_set(typed.values()), tuple(sorted(unnamed))


def _join_antigens(known: AntigenSet, new: AntigenSet, wrong: list[str]) -> AntigenSet:
    joined = {one.antigen: one for one in known.typed}
    for one in new.typed:
        other = joined.get(one.antigen, one)
        if other.result is one.result:
            joined[one.antigen] = _stronger(other, one)
        else:
            wrong.append(f"{one.antigen} is {one.result}, it was {other.result}")
            del joined[one.antigen]
    return antigen_set(joined.values())


def _join_hla(known: HlaType | None, new: HlaType | None, wrong: list[str]) -> HlaType | None:
    if known is None or new is None:
        return known or new
    a, b = _join_locus("A", known.a, new.a, wrong), _join_locus("B", known.b, new.b, wrong)
    hpa = {one.antigen: one for one in known.hpa}
    for one in new.hpa:
        other = hpa.setdefault(one.antigen, one)
        if other.result is not one.result:
            wrong.append(f"{one.antigen} is {one.result}, it was {other.result}")
            del hpa[one.antigen]
    return hla_type(a, b, hpa.values()) if a or b or hpa else None


def _join_locus(locus: str, known: tuple[str, ...], new: tuple[str, ...], wrong: list[str]) -> tuple[str, ...]:
    """One antigen and twice the same agree: the genotype proved what the phenotype could not."""
    if known and new and set(known) != set(new):
        wrong.append(f"HLA-{locus} is {' '.join(new)}, it was {' '.join(known)}")
        return ()
    return max(known, new, key=len)


def _stronger(one: Typed, other: Typed) -> Typed:
    return max(one, other, key=lambda typed: _STRENGTH.index(typed.evidence))


def _sign(present: bool) -> Result:
    return Result.POSITIVE if present else Result.NEGATIVE


def _result(said: Said) -> Result | None:
    return {Said.POSITIVE: Result.POSITIVE, Said.NEGATIVE: Result.NEGATIVE}.get(said)
