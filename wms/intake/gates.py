"""The gates before release, beyond what eligibility checks for every act (domain.md 5.3)."""

from __future__ import annotations

from plant.model import Plant
from wms.bags.projection import BagState

FREEZE_FAILED = "freeze_failed"
"""Reason of the hold on plasma whose freeze record missed its limits."""
LABEL_GATE = "label check"
"""How the gate begins that only labelling can open; a bag that fails nothing else is ready for its label."""


def failing_gates(plant: Plant, state: BagState) -> tuple[str, ...]:
    """Each release gate that this bag fails, as a phrase for a person; tests, holds and expiry are eligibility's."""
    failures = []
    component = plant.components[str(state["component"])]
    if state["abo_rhd"] is None:
        failures.append("group: ABO/RhD is not confirmed by two concordant results")
    if state["process_check"] != "passed":
        what = "freeze record" if component.freeze is not None else "preparation record"
        failures.append(f"process: the {what} is {state['process_check']}")
    if float(state["volume_ml"] or 0) <= 0:
        failures.append("volume: not recorded")
    if state["epc"] is None:
        failures.append("label: no tag is bound to the bag")
    if state["label_check"] != "passed":
        failures.append(f"{LABEL_GATE}: the check of the label is {state['label_check']}")
    return tuple(failures)
