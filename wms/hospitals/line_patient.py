"""For whom an order line asks: what facts of a bag that it holds carry along, so that every gate can judge by it."""

from __future__ import annotations

from typing import Final

from blood import hla
from blood.groups import BloodGroup
from blood.patients import AboPhenotype, Patient, PatientClass, read_antibodies, read_requirements
from wms.store.driver import Driver

_OF_LINE: Final = (
    "SELECT patient.pseudonym, patient.abo_rhd, patient.antibodies, patient.requirements, patient.hla, "
    "patient.patient_class, patient.phenotype FROM order_line "
    "JOIN hospital_order ON hospital_order.id = order_line.order_id "
    "JOIN patient ON patient.hospital = hospital_order.hospital AND patient.pseudonym = order_line.patient "
    "WHERE order_line.id = ?"
)


def patient_of_line(raw: Driver, line: str) -> Patient | None:
    """The patient whom an order line names, as the rules see them now; None for a line that names none."""
    row = raw.execute(_OF_LINE, (line,)).fetchone()
    if row is None:
        return None
    pseudonym, group, antibodies, requirements, typed, patient_class, phenotype = row
    red_cells, platelets = read_antibodies(_words(antibodies))
    return Patient(
        pseudonym=pseudonym,
        group=None if group is None else BloodGroup(group),
        antibodies=red_cells,
        platelet_antibodies=platelets,
        requirements=read_requirements(_words(requirements)),
        hla=hla.read(typed),
        patient_class=PatientClass(patient_class),
        phenotype=AboPhenotype(phenotype),
    )


def _words(text: str) -> list[str]:
    return text.split(",") if text else []
