"""Read a plant document and prove that it hangs together before anyone acts on it."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable
from datetime import time
from functools import lru_cache
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from blood.component_file import load_profile
from blood.groups import BloodGroup
from blood.isbt128 import ScanError
from plant.model import CARRIERS, DeviceKind, Place, PlaceKind, Plant, PortalKind, Probe, ProbeKind, VehicleKind
from plant.signals import LOGGER_METRIC, signals_of


class PlantError(ValueError):
    """A plant document that cannot be used; the text lists every fault with its key."""


def demo_text() -> str:
    """The demo centre's document."""
    return (resources.files("plant") / "demo.toml").read_text(encoding="utf-8")


def load_plant(path: Path) -> Plant:
    """Load and check a plant file; raises PlantError naming the file and each fault."""
    try:
        return parse_plant(path.read_text(encoding="utf-8"))
    except (OSError, PlantError) as error:
        raise PlantError(f"{path}: {error}") from error


@lru_cache(maxsize=4)
def parse_plant(text: str) -> Plant:
    """Parse and check a plant document, the same document once per process; raises PlantError."""
    try:
        plant = _with_boxes(msgspec.convert(tomllib.loads(text), Plant))
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise PlantError(str(error)) from error
    faults = list(_faults(plant))
    if faults:
        raise PlantError("; ".join(faults))
    return plant


def _with_boxes(plant: Plant) -> Plant:
    """Every transport box is a place with the envelope of its class, covered by its own logger."""
    places = [
        Place(path=f"box/{box.id}", kind=PlaceKind.BOX, envelope=f"box-{box.kind}", capacity=box.bags,
              name_en=f"Box {box.id.upper()}", name_zh=f"运输箱 {box.id.upper()}")
        for box in plant.boxes
    ]  # fmt: skip
    probes = [
        Probe(id=f"{box.id}-logger", device=box.id, metric=LOGGER_METRIC, kind=ProbeKind.AIR, covers=(f"box/{box.id}",))
        for box in plant.boxes
    ]
    return msgspec.structs.replace(plant, places=(*plant.places, *places), probes=(*plant.probes, *probes))


def _faults(plant: Plant) -> Iterable[str]:
    try:
        plant.identifiers.check_facility(plant.site.facility)
    except ScanError as error:
        yield f"site.facility: {error}"
    yield from _duplicates(plant)
    yield from _products(plant)
    yield from _places(plant)
    yield from _devices(plant)
    yield from _portals(plant)
    yield from _routes(plant)
    yield from _transport(plant)
    try:
        ZoneInfo(plant.site.timezone)
    except (KeyError, ValueError):
        yield f"site.timezone: {plant.site.timezone!r} is not a time zone"


def _duplicates(plant: Plant) -> Iterable[str]:
    keys = {
        "places": [place.path for place in plant.places],
        "envelopes": [envelope.id for envelope in plant.envelopes],
        "cells": [cell.id for cell in plant.cells],
        "devices": [device.id for device in plant.devices],
        "probes": [probe.id for probe in plant.probes],
        "doors": [door.id for door in plant.doors],
        "readers": [reader.id for reader in plant.readers],
        "portals": [portal.id for portal in plant.portals],
        "hospitals": [hospital.id for hospital in plant.hospitals],
        "products": [product.code for product in plant.products],
        "boxes and machines": [device.id for device in plant.devices] + [box.id for box in plant.boxes],
        "vehicles": [vehicle.id for vehicle in plant.vehicles],
        "neighbours and the site": [plant.site.id, *(neighbour.id for neighbour in plant.neighbours)],
        "accounts of neighbours": [neighbour.account for neighbour in plant.neighbours],
    }
    for table, names in keys.items():
        for name, count in Counter(names).items():
            if count > 1:
                yield f"{table}: {name!r} is named {count} times"


def _products(plant: Plant) -> Iterable[str]:
    try:
        components = load_profile(plant.profile)
    except ValueError as error:
        yield f"profile: {error}"
        return
    for product in plant.products:
        if product.component not in components:
            yield f"products.{product.code}: component {product.component!r} is not in profile {plant.profile}"
        try:
            if plant.identifiers.parse_product_scan(product.code) != product.code:
                yield f"products.{product.code}: write the code alone, as it is printed"
        except ScanError as error:
            yield f"products.{product.code}: {error}"
    groups = {group.value for group in BloodGroup}
    for plan in plant.stock:
        if plan.component not in components:
            yield f"stock.{plan.component}: not in profile {plant.profile}"
        if not plan.red_days < plan.amber_days < plan.preamber_days < plan.target_days:
            yield f"stock.{plan.component}: days must rise from red to target"
        if unknown := set(plan.daily_use) - groups:
            yield f"stock.{plan.component}.daily_use: unknown groups {sorted(unknown)}"


def _places(plant: Plant) -> Iterable[str]:
    envelopes = {envelope.id for envelope in plant.envelopes}
    components = {product.component for product in plant.products}
    for place in plant.places:
        if place.envelope is not None and place.envelope not in envelopes:
            yield f"places.{place.path}: unknown envelope {place.envelope!r}"
        if unmade := set(place.only) - components:
            yield f"places.{place.path}: kept for {sorted(unmade)}, which this site does not make"
        if place.capacity is not None and place.capacity < 1:
            yield f"places.{place.path}: a capacity of {place.capacity} holds nothing"
    paths = {place.path for place in plant.places}
    users = [(f"devices.{d.id}", d.place) for d in plant.devices]
    users += [(f"doors.{d.id}", d.place) for d in plant.doors]
    users += [(f"probes.{p.id}", area) for p in plant.probes for area in p.covers]
    users += [(f"portals.{p.id}", path) for p in plant.portals for path in (p.inside, p.outside)]
    users += [(f"hospitals.{h.id}", h.place) for h in plant.hospitals]
    for user, path in users:
        if path not in paths:
            yield f"{user}: unknown place {path!r}"


def _devices(plant: Plant) -> Iterable[str]:
    cells = {cell.id for cell in plant.cells}
    kinds = {device.id: device.kind for device in plant.devices}
    kinds |= dict.fromkeys((box.id for box in plant.boxes), DeviceKind.BOX)
    for device in plant.devices:
        if device.cell not in cells:
            yield f"devices.{device.id}: unknown cell {device.cell!r}"
        if device.kind is DeviceKind.BOX:
            yield f"devices.{device.id}: a transport box belongs under boxes"
        if device.carries < 1:
            yield f"devices.{device.id}: carries {device.carries} bags"
    sources = [(f"probes.{probe.id}", probe.device, probe.metric) for probe in plant.probes]
    sources += [(f"doors.{door.id}", door.device, door.metric) for door in plant.doors]
    for name, device_id, metric in sources:
        if device_id not in kinds:
            yield f"{name}: unknown device {device_id!r}"
        elif metric not in {signal.metric for signal in signals_of(kinds[device_id])}:
            yield f"{name}: a {kinds[device_id]} has no signal {metric!r}"


def _portals(plant: Plant) -> Iterable[str]:
    portals = {portal.id: portal for portal in plant.portals}
    shelves = {place.path for place in plant.places if place.slots}
    devices = {device.id for device in plant.devices}
    for portal in plant.portals:
        if portal.device is not None and portal.device not in devices:
            yield f"portals.{portal.id}: unknown device {portal.device!r}"
    for reader in plant.readers:
        for antenna in reader.antennas:
            name = f"readers.{reader.id}: antenna {antenna.port}"
            if (antenna.portal is None) == (antenna.shelf is None):
                yield f"{name} belongs to a portal or to a shelf"
            elif antenna.shelf is not None and antenna.shelf not in shelves:
                yield f"{name} belongs to no shelf {antenna.shelf!r}"
            elif antenna.portal is not None and antenna.portal not in portals:
                yield f"{name} belongs to no portal {antenna.portal!r}"
            elif antenna.portal is not None and antenna.side not in {"inside", "outside", "station"}:
                yield f"{name} has side {antenna.side!r}"


def _routes(plant: Plant) -> Iterable[str]:
    paths = {place.path for place in plant.places}
    portals = {portal.id for portal in plant.portals if portal.kind is PortalKind.PASSAGE}
    for route in plant.routes:
        name = f"routes.{route.from_place} to {route.to_place}"
        device = plant.device_by_id.get(route.device)
        if device is None or device.kind not in CARRIERS:
            yield f"{name}: {route.device!r} carries nothing"
        for path in (route.from_place, route.to_place):
            if path not in paths:
                yield f"{name}: unknown place {path!r}"
        if route.portal is not None and route.portal not in portals:
            yield f"{name}: no passage portal {route.portal!r}"
        if route.seconds <= 0:
            yield f"{name}: takes {route.seconds} s"


def _transport(plant: Plant) -> Iterable[str]:
    for vehicle in plant.vehicles:
        if vehicle.kind is VehicleKind.DRONE and (vehicle.payload_kg is None or vehicle.range_km is None):
            yield f"vehicles.{vehicle.id}: a drone needs payload_kg and range_km"
        for text in vehicle.departs:
            try:
                time.fromisoformat(text)
            except ValueError:
                yield f"vehicles.{vehicle.id}: {text!r} is no time of day such as 07:30"
