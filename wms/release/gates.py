"""The gates before release (domain.md 5.3), each with its state and every reason, and whether people may pass one by.

What eligibility checks for every act (tests, holds, recalls, expiry, place) is not asked a second time here: `gates_of`
joins both into one list for screens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from blood.eligibility import BagStatus
from plant.model import Plant
from wms.bags.projection import BagState
from wms.donors.checks import CheckState, state_of_bag
from wms.release.collection import collection_faults, collection_of
from wms.release.limits import release_limits
from wms.release.overridden import Override, overrides_of
from wms.release.process import process_faults
from wms.release.temperature import JudgementState, judgement_of
from wms.store.driver import Driver

FREEZE_FAILED: Final = "freeze_failed"
"""Reason of the hold on plasma whose freeze record missed its limits."""
LABEL_GATE: Final = "label check"
"""How the gate begins that only labelling can open; a bag that fails nothing else is ready for its label."""
Text = tuple[str, str]
"""The same in English and in Chinese."""


class GateName(StrEnum):
    """The gates in the order in which they are shown."""

    TESTS = "tests"
    GROUP = "group"
    PROCESS = "process"
    VOLUME = "volume"
    TEMPERATURE = "temperature"
    DONOR = "donor"
    COLLECTION = "collection"
    LABEL = "label"
    HOLD = "hold"
    RECALL = "recall"
    EXPIRY = "expiry"
    PLACE = "place"
    PURPOSE = "purpose"


class GateState(StrEnum):
    """How a gate stands; pending: what it needs has not come yet."""

    PASSED = "passed"
    FAILED = "failed"
    PENDING = "pending"


OVERRIDABLE: Final = frozenset({GateName.PROCESS, GateName.VOLUME, GateName.TEMPERATURE, GateName.COLLECTION})
"""Gates that two people may pass by when they failed; what tests, group, donor, label, holds, recalls and expiry say is
settled where it arose, or never."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate of one bag with every reason, in English and in Chinese."""

    gate: GateName
    state: GateState
    texts: tuple[Text, ...]
    can_override: bool

    @property
    def detail_en(self) -> str:
        """Every reason in English."""
        return "; ".join(english for english, _ in self.texts)

    @property
    def detail_zh(self) -> str:
        """Every reason in Chinese."""
        return "；".join(chinese for _, chinese in self.texts)


def make_gate(name: GateName, state: GateState, texts: Sequence[Text]) -> Gate:
    """A gate with all its reasons; only a failed one may be passed by, and only some."""
    return Gate(name, state, tuple(texts), state is GateState.FAILED and name in OVERRIDABLE)


def own_gates(raw: Driver, plant: Plant, state: BagState) -> tuple[Gate, ...]:
    """The gates that only release asks for; one that people passed by counts as passed while it says the same."""
    gates = (
        _group(state),
        _process(raw, plant, state),
        _volume(plant, state),
        _temperature(raw, state),
        _donor(raw, state),
        _collection(raw, plant, state),
        _label(state),
    )
    if not any(gate.can_override for gate in gates):
        return gates
    passed_by = {(one.gate, one.detail_en): one for one in overrides_of(raw, str(state["id"]))}
    return tuple(_overridden(gate, passed_by.get((gate.gate.value, gate.detail_en))) for gate in gates)


def _overridden(gate: Gate, override: Override | None) -> Gate:
    if override is None or not gate.can_override:
        return gate
    people = ", ".join(override.people)
    text = (f"overridden by {people}: {override.reason}", f"{people} 越权放行：{override.reason}")
    return Gate(gate.gate, GateState.PASSED, (*gate.texts, text), can_override=False)


def failing_gates(raw: Driver, plant: Plant, state: BagState) -> tuple[str, ...]:
    """Each release gate that a quarantined bag does not pass, as a phrase for a person; none for any other bag."""
    if state["status"] != BagStatus.QUARANTINE.value:
        return ()
    return tuple(phrase for gate in own_gates(raw, plant, state) for phrase in phrases(gate))


def phrases(gate: Gate) -> Iterable[str]:
    """A gate that is not passed as eligibility tells it, one phrase for each reason."""
    if gate.state is GateState.PASSED:
        return ()
    if gate.gate is GateName.LABEL:
        return tuple(english for english, _ in gate.texts)
    return tuple(f"{gate.gate.value}: {english}" for english, _ in gate.texts)


def _group(state: BagState) -> Gate:
    if state["abo_rhd"] is None:
        text = ("ABO/RhD is not confirmed by two concordant results", "ABO/RhD 血型未经两次一致结果确认")
        return make_gate(GateName.GROUP, GateState.PENDING, [text])
    return make_gate(GateName.GROUP, GateState.PASSED, [(f"ABO/RhD is {state['abo_rhd']}", f"血型 {state['abo_rhd']}")])


def _process(raw: Driver, plant: Plant, state: BagState) -> Gate:
    component = plant.components[str(state["component"])]
    frozen = component.freeze is not None
    what, what_zh = ("freeze record", "速冻记录") if frozen else ("preparation record", "制备记录")
    faults = process_faults(raw, release_limits(plant.profile), state)
    if state["process_check"] == "failed":
        faults = [(f"the {what} is failed", f"{what_zh}不合格"), *faults]
    if faults:
        return make_gate(GateName.PROCESS, GateState.FAILED, faults)
    if state["process_check"] != "passed":
        text = (f"the {what} is {state['process_check']}", f"等待{what_zh}")
        return make_gate(GateName.PROCESS, GateState.PENDING, [text])
    return make_gate(GateName.PROCESS, GateState.PASSED, [(f"the {what} is passed", f"{what_zh}合格")])


def _volume(plant: Plant, state: BagState) -> Gate:
    volume = float(state["volume_ml"] or 0)
    if volume <= 0:
        return make_gate(GateName.VOLUME, GateState.FAILED, [("not recorded", "未记录容量")])
    limits = release_limits(plant.profile).volume_limits(plant.components[str(state["component"])].family)
    if limits is not None and not limits.min_ml.value <= volume <= limits.max_ml.value:
        allowed = f"{limits.min_ml.value:g}-{limits.max_ml.value:g} mL"
        text = (f"{volume:g} mL, permitted {allowed}", f"容量 {volume:g} mL，允许 {allowed}")
        return make_gate(GateName.VOLUME, GateState.FAILED, [text])
    return make_gate(GateName.VOLUME, GateState.PASSED, [(f"{volume:g} mL", f"{volume:g} mL")])


def _temperature(raw: Driver, state: BagState) -> Gate:
    judgement = judgement_of(raw, str(state["id"]))
    if judgement is None:
        text = ("the temperature record is not judged yet", "温度记录尚未判定")
        return make_gate(GateName.TEMPERATURE, GateState.PENDING, [text])
    passed = judgement.state is JudgementState.PASSED
    return make_gate(
        GateName.TEMPERATURE, GateState.PASSED if passed else GateState.FAILED, judgement.reasons or [judgement.summary]
    )


_DONOR: Final = {
    CheckState.PASSED: (GateState.PASSED, ("donor check passed", "献血者核查通过")),
    CheckState.CLEARED: (GateState.PASSED, ("donor check cleared by quality", "献血者核查已由质管放行")),
    CheckState.HELD: (GateState.FAILED, ("donor check", "献血者核查")),
    CheckState.CONDEMNED: (GateState.FAILED, ("donor check", "献血者核查")),
}


def _donor(raw: Driver, state: BagState) -> Gate:
    verdict, text = _DONOR[state_of_bag(raw, str(state["id"]))]
    return make_gate(GateName.DONOR, verdict, [text])


def _collection(raw: Driver, plant: Plant, state: BagState) -> Gate:
    record = collection_of(raw, plant, state)
    if record is None:
        text = (
            "no collection record here: it came with the opening stock or is a pool",
            "本中心无采集记录：期初库存或混合制品",
        )
        return make_gate(GateName.COLLECTION, GateState.PASSED, [text])
    faults = collection_faults(release_limits(plant.profile), record, str(state["component"]))
    if faults:
        return make_gate(GateName.COLLECTION, GateState.FAILED, faults)
    return make_gate(GateName.COLLECTION, GateState.PASSED, [record.summary])


def _label(state: BagState) -> Gate:
    texts: list[Text] = []
    if state["epc"] is None:
        texts.append(("label: no tag is bound to the bag", "未绑定标签芯片"))
    if state["label_check"] != "passed":
        verdict, verdict_zh = state["label_check"], {"failed": "不符"}.get(str(state["label_check"]), "未完成")
        texts.append((f"{LABEL_GATE}: the check of the label is {verdict}", f"标签核对{verdict_zh}"))
    if not texts:
        return make_gate(GateName.LABEL, GateState.PASSED, [("the label was read back and agrees", "标签已回读，一致")])
    failed = state["label_check"] == "failed" or state["epc"] is None
    return make_gate(GateName.LABEL, GateState.FAILED if failed else GateState.PENDING, texts)
