"""From the component profile to what screens show of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from blood.compatibility_file import load_rules
from blood.component_file import load_catalogue
from blood.components import Component
from blood.evidence import Evidence
from dashboards.schemas import components as schemas
from plant.model import Plant

_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)


def catalogue_view(plant: Plant) -> schemas.Catalogue:
    """The profile of the site."""
    catalogue = load_catalogue(plant.profile)
    policy = load_rules().policies[catalogue.compatibility]
    return schemas.Catalogue(
        profile=catalogue.profile,
        version=catalogue.version,
        compatibility=policy.key,
        compatibility_en=policy.name_en,
        compatibility_zh=policy.name_zh,
        **_told(policy.evidence["policy"]),
    )


def component_views(plant: Plant) -> list[schemas.Component]:
    """Components that this site makes, in the order of the profile."""
    made = {product.component for product in plant.products}
    return [_component(component) for component in plant.components.values() if component.key in made]


def _component(component: Component) -> schemas.Component:
    return schemas.Component(
        key=component.key,
        family=component.family,
        name_en=component.name_en,
        name_zh=component.name_zh,
        min_c=component.storage.min_c,
        max_c=component.storage.max_c,
        storage=schemas.Storage(
            min_c=component.storage.min_c, max_c=component.storage.max_c, **_told(component.evidence["storage"])
        ),
        transport=schemas.Transport(
            min_c=component.transport.min_c,
            max_c=component.transport.max_c,
            max_h=_hours(component.transport_max),
            **_told(component.evidence["transport"]),
        ),
        shelf_life=[
            schemas.ShelfLife(
                medium=one.medium,
                hours=one.length.value / _HOUR,
                usual=one.medium == component.usual,
                **_told(one.length.evidence),
            )
            for one in component.shelf_lives
        ],
        ml_per_unit=schemas.VolumePerUnit(value=component.ml_per_unit, **_told(component.evidence["ml_per_unit"])),
        freeze=_freeze(component),
        agitation=_agitation(component),
        out_of_control=_out_of_control(component),
        attributes=sorted(component.attributes),
    )


def _freeze(component: Component) -> schemas.Freeze | None:
    rule = component.freeze
    if rule is None:
        return None
    told = _told(component.evidence["freeze"])
    return schemas.Freeze(core_c=rule.core_c, within_min=rule.within / _MINUTE, **told)


def _agitation(component: Component) -> schemas.Agitation | None:
    rule = component.agitation
    if rule is None:
        return None
    return schemas.Agitation(
        max_single_gap_h=_hours(rule.max_single_gap), max_total_gap_h=_hours(rule.max_total_gap), **_told(rule.evidence)
    )


def _out_of_control(component: Component) -> schemas.OutOfControl | None:
    rule = component.out_of_control
    if rule is None:
        return None
    return schemas.OutOfControl(
        return_ok_min=rule.return_ok_min,
        quarantine_ok_min=rule.quarantine_ok_min,
        quarantine_h=rule.quarantine_h,
        max_events=rule.max_events,
        max_c=rule.max_c,
        transfuse_within_h=rule.transfuse_within_h,
        **_told(rule.evidence),
    )


def _hours(length: timedelta | None) -> float | None:
    return None if length is None else length / _HOUR


def _told(evidence: Evidence) -> dict[str, Any]:
    return {"source": evidence.source, "status": evidence.status}
