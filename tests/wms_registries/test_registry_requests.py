"""Request, lock, issue: one loop with its waiting time; one lock a bag; what is unmet is tried at each new bag."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from hospital_world import T0, TESTER, Ward

from blood.eligibility import BagStatus
from wms.bags.commands import change_fields, change_status
from wms.holds.commands import place_hold
from wms.orders.planning import sweep
from wms.registries.following import follow_requests, try_stock

BASE = "/api/v1/registries"
HLA = "A2,24 B7,8"


class Desk:
    """Quality's desk of the registries, and the hospital that asks."""

    def __init__(self, ward: Ward, api: httpx.AsyncClient) -> None:
        self.ward, self.api = ward, api

    async def open(self, patient: str = "PAT-1", **wish: object) -> dict:
        await self.ward.patient(patient, "O+", hla=HLA, antibodies=["HLA-A1"])
        body = {
            "hospital": self.ward.hospital.id, "patient": patient, "needed_by": (T0 + timedelta(days=3)).isoformat(),
            **wish,
        }  # fmt: skip
        answer = await self.ward.api.post(f"{BASE}/platelet-requests", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def do(self, request: dict, act: str, **body: object) -> httpx.Response:
        return await self.api.post(f"{BASE}/requests/{request['id']}/{act}", json=body)

    async def see(self, request: dict) -> dict:
        answer = await self.api.get(f"{BASE}/requests/{request['id']}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def platelets(self, number: int = 1, **fields: object) -> str:
        values = {"component": "PLT_A", "hla": HLA, "abo_rhd": "O+", **fields}
        return await self.ward.centre.add_bag(number, f"platelet/s1/{number:03d}", **values)

    def hear(self) -> None:
        """Every store is told to be as cold as it should."""
        plant = self.ward.centre.plant
        for place in ("platelet/s1", "cold-1/s1"):
            envelope = plant.envelope_of(place)
            middle = (envelope.min_c + envelope.max_c) / 2
            for probe in plant.probes_covering(place):
                self.ward.centre.hear(probe.id, *[middle + n % 2 / 100 for n in range(8)])

    async def follow(self) -> None:
        await self.ward.centre.write(follow_requests)


@pytest.fixture
async def desk(ward: Ward) -> AsyncIterator[Desk]:
    async with ward.centre.client("quality") as api:
        desk = Desk(ward, api)
        desk.hear()
        yield desk


async def test_a_request_is_locked_issued_and_waits_until_then(desk: Desk) -> None:
    request, bag = await desk.open(), await desk.platelets()
    assert (request["state"], request["patient"]) == ("open", "PAT-1")
    desk.ward.centre.clock.step(600)
    desk.hear()
    locked = (await desk.do(request, "lock", bag=bag)).json()
    assert (locked["state"], locked["waiting_minutes"]) == ("locked", 10.0)
    assert desk.ward.bag(bag)["claim"] == request["id"]
    issued = (await desk.do(request, "issue", lock=locked["locks"][0]["id"])).json()
    assert issued["state"] == "issued"
    state = desk.ward.bag(bag)
    assert (state["status"], state["claim"]) == ("RESERVED", None)
    assert state["order_line"] == f"{issued['locks'][0]['order']}-1"
    desk.ward.centre.clock.step(600)
    assert (await desk.see(request))["waiting_minutes"] == 10.0
    closed = (await desk.do(request, "close", outcome="met", comment="given on the ward")).json()
    assert (closed["state"], closed["outcome"]) == ("closed", "met")
    for kind in ("registry.request_opened", "registry.locked", "registry.lock_issued", "registry.request_closed"):
        assert len(desk.ward.ledger(kind)) == 1, kind


async def test_a_locked_bag_is_given_to_nobody_else(desk: Desk) -> None:
    request, bag = await desk.open(), await desk.platelets()
    await desk.do(request, "lock", bag=bag)
    shown = (await desk.api.get(f"/api/v1/bags/{bag}")).json()
    reserve = next(action for action in shown["actions"] if action["act"] == "reserve")
    assert [reason["code"] for reason in reserve["reasons"]].count("claimed") == 1
    other = await desk.open("PAT-2")
    refused = await desk.do(other, "lock", bag=bag)
    assert (refused.status_code, refused.json()["code"]) == (409, "lock.taken")


async def test_of_two_locks_for_one_bag_at_once_one_wins(desk: Desk) -> None:
    bag = await desk.platelets()
    asked = [await desk.open(f"PAT-{n}") for n in range(1, 6)]
    answers = await asyncio.gather(*(desk.do(request, "lock", bag=bag) for request in asked))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    rows = desk.ward.rows("SELECT request FROM registry_lock WHERE bag = ? AND ended_us IS NULL", bag)
    assert len(rows) == 1
    assert desk.ward.bag(bag)["claim"] == rows[0][0]


async def test_of_two_locks_for_one_donor_at_once_one_wins(desk: Desk) -> None:
    await desk.api.put(f"{BASE}/platelet-donors/D-1", json={"hla": HLA, "group": "O+"})
    asked = [await desk.open(f"PAT-{n}") for n in range(1, 4)]
    answers = await asyncio.gather(*(desk.do(request, "lock", donor="D-1") for request in asked))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]


async def test_a_bag_that_an_antibody_forbids_is_not_locked(desk: Desk) -> None:
    request, bag = await desk.open(), await desk.platelets(hla="A1,2 B7,8")
    refused = await desk.do(request, "lock", bag=bag)
    assert (refused.status_code, refused.json()["code"]) == (409, "lock.refused")
    assert "A1" in refused.json()["detail"]
    untyped = await desk.platelets(2, hla=None)
    assert "not typed" in (await desk.do(request, "lock", bag=untyped)).json()["detail"]
    reserved = await desk.platelets(3, status="RESERVED", order_line="ord-1-1")
    assert (await desk.do(request, "lock", bag=reserved)).json()["code"] == "lock.reserved"


async def test_a_lock_that_is_given_back_opens_the_request_again(desk: Desk) -> None:
    request, bag = await desk.open(), await desk.platelets()
    locked = (await desk.do(request, "lock", bag=bag)).json()
    lock = locked["locks"][0]["id"]
    assert (await desk.do(request, "lock", bag=await desk.platelets(2))).json()["code"] == "request.full"
    back = (await desk.do(request, "release-lock", lock=lock, reason="the patient is better")).json()
    assert (back["state"], back["locks"][0]["state"]) == ("open", "released")
    assert desk.ward.bag(bag)["claim"] is None
    assert (await desk.do(request, "release-lock", lock=lock, reason="once more")).json()["code"] == "lock.ended"
    assert (await desk.do(request, "issue", lock=lock)).json()["code"] == "lock.not_issuable"


async def test_a_lock_ends_by_itself_after_the_hours_of_the_profile(desk: Desk) -> None:
    request, bag = await desk.open(), await desk.platelets()
    await desk.do(request, "lock", bag=bag)
    desk.ward.centre.clock.step(24 * 3600 - 1)
    await desk.follow()
    assert desk.ward.bag(bag)["claim"] == request["id"]
    desk.ward.centre.clock.step(1)
    await desk.follow()
    assert desk.ward.bag(bag)["claim"] is None
    (row,) = desk.ward.rows("SELECT state FROM registry_lock")
    assert row == ("expired",)


async def test_a_kept_bag_that_leaves_the_stock_is_lost_to_the_request(desk: Desk) -> None:
    request, bag = await desk.open(), await desk.platelets()
    await desk.do(request, "lock", bag=bag)
    await desk.ward.centre.write(lambda tx: change_status(tx, TESTER, bag, BagStatus.NONCONFORMING, "bag.condemned"))
    await desk.follow()
    seen = await desk.see(request)
    assert (seen["state"], seen["locks"][0]["state"]) == ("open", "lost")
    assert desk.ward.bag(bag)["claim"] is None


async def test_what_came_under_a_hold_is_not_issued(desk: Desk) -> None:
    request, bag = await desk.open(), await desk.platelets()
    locked = (await desk.do(request, "lock", bag=bag)).json()
    await desk.ward.centre.write(lambda tx: place_hold(tx, TESTER, bag=bag, reason="looks odd"))
    refused = await desk.do(request, "issue", lock=locked["locks"][0]["id"])
    assert refused.json()["code"] == "lock.refused"
    assert desk.ward.bag(bag)["claim"] == request["id"]  # the refusal changed nothing


async def test_an_unmet_request_is_tried_at_each_new_bag_and_every_try_is_told(desk: Desk) -> None:
    request = await desk.open()
    await desk.follow()  # from here on
    fits = await desk.platelets(1)
    wrong = await desk.platelets(2, hla="A3,11 B35,44")
    forbidden = await desk.platelets(3, hla="A1,2 B7,8")
    red = await desk.ward.centre.add_bag(4, "cold-1/s1/001")
    await desk.follow()
    tried = {one["bag"]: (one["verdict"], one["detail"]) for one in (await desk.see(request))["tried"]}
    assert tried[fits] == ("fits", "grade A")
    assert tried[wrong] == ("no", "grade D")
    assert tried[forbidden][0] == "no"
    assert "A1" in tried[forbidden][1]
    assert tried[red][0] == "no"
    assert len(desk.ward.ledger("registry.tried")) == 4
    await desk.follow()
    assert len(desk.ward.ledger("registry.tried")) == 4


async def test_a_bag_that_is_typed_or_released_later_is_tried_again(desk: Desk) -> None:
    request = await desk.open()
    await desk.follow()
    bag = await desk.platelets(1, hla=None, status="QUARANTINE", tests="pending", abo_rhd=None)
    await desk.follow()
    now = desk.ward.centre.clock.now().isoformat()
    typing = {"din": bag[:13], "run": "hla-1", "codes": ["&{022407089999999909"], "at": now}
    assert (await desk.api.post("/api/v1/laboratory/typings", json=typing)).json()["hla"] == HLA
    await desk.follow()
    await desk.ward.centre.write(
        lambda tx: change_status(tx, TESTER, bag, BagStatus.AVAILABLE, "bag.released", tests="negative", abo_rhd="O+")
    )
    await desk.follow()
    verdicts = [one["verdict"] for one in (await desk.see(request))["tried"]]
    assert sorted(verdicts) == ["fits", "later", "no"]


async def test_a_new_donation_of_a_typed_donor_is_known_by_the_registry_before_its_own_typing(desk: Desk) -> None:
    await desk.api.put(f"{BASE}/platelet-donors/D-1", json={"hla": HLA, "group": "O+"})
    request = await desk.open()
    await desk.follow()
    bag = await desk.platelets(1, hla=None, donor="D-1")
    await desk.follow()
    (one,) = (await desk.see(request))["tried"]
    assert (one["bag"], one["verdict"]) == (bag, "fits")
    donor = (await desk.api.get(f"{BASE}/platelet-donors")).json()["items"][0]
    assert donor["last_donation_at"] is not None


async def test_the_donation_of_a_called_donor_is_kept_for_the_request(desk: Desk) -> None:
    await desk.api.put(f"{BASE}/platelet-donors/D-1", json={"hla": HLA, "group": "O+"})
    request = await desk.open()
    await desk.follow()
    locked = (await desk.do(request, "lock", donor="d-1")).json()
    assert locked["locks"][0]["donor"] == "D-1"
    assert (await desk.do(request, "issue", lock=locked["locks"][0]["id"])).json()["code"] == "lock.not_issuable"
    bag = await desk.platelets(1, hla=None, donor="D-1")
    await desk.follow()
    assert (await desk.see(request))["locks"][0]["bag"] == bag
    assert desk.ward.bag(bag)["claim"] == request["id"]


async def test_an_issued_bag_is_its_patients_from_the_shelf_to_the_hospital(desk: Desk) -> None:
    request, bag = await desk.open(), await desk.platelets()
    locked = (await desk.do(request, "lock", bag=bag)).json()
    await desk.do(request, "issue", lock=locked["locks"][0]["id"])
    await desk.follow()
    await desk.ward.centre.write(sweep)  # asks whether it may be picked
    state = desk.ward.bag(bag)
    assert (state["intended_for"], state["status"]) == ("PAT-1", "RESERVED")
    hospital = {"custody": "hospital", "hospital": desk.ward.hospital.id}
    await desk.ward.centre.write(
        lambda tx: change_fields(tx, TESTER, bag, "bag.received", status="RECEIVED", **hospital)
    )
    await desk.follow()
    assert desk.ward.bag(bag)["intended_for"] == "PAT-1"
    seen = await desk.see(request)
    assert (seen["state"], seen["locks"][0]["state"]) == ("issued", "issued")


@pytest.mark.parametrize("status", ["ISSUED", "TRANSFUSED"])
async def test_a_bag_that_its_hospital_has_given_before_the_next_look_is_not_lost(desk: Desk, status: str) -> None:
    request, bag = await desk.open(), await desk.platelets()
    locked = (await desk.do(request, "lock", bag=bag)).json()
    await desk.do(request, "issue", lock=locked["locks"][0]["id"])
    given = {"status": status, "custody": "hospital", "hospital": desk.ward.hospital.id, "patient": "PAT-1"}
    await desk.ward.centre.write(lambda tx: change_fields(tx, TESTER, bag, "bag.received", **given))
    await desk.follow()
    seen = await desk.see(request)
    assert (seen["state"], seen["locks"][0]["state"]) == ("issued", "issued")
    assert desk.ward.bag(bag)["intended_for"] == "PAT-1"


async def test_an_issued_bag_whose_reservation_breaks_opens_the_request_again(desk: Desk) -> None:
    request, bag = await desk.open(), await desk.platelets()
    locked = (await desk.do(request, "lock", bag=bag)).json()
    issued = (await desk.do(request, "issue", lock=locked["locks"][0]["id"])).json()
    await desk.ward.centre.write(lambda tx: place_hold(tx, TESTER, bag=bag, reason="looks odd"))
    assert desk.ward.bag(bag)["status"] == "AVAILABLE"
    await desk.follow()
    assert desk.ward.bag(bag)["intended_for"] is None
    seen = await desk.see(request)
    assert (seen["state"], seen["locks"][0]["state"], seen["issued_at"]) == ("open", "lost", None)
    order = (await desk.api.get(f"/api/v1/orders/{issued['locks'][0]['order']}")).json()
    assert order["state"] == "cancelled"


async def test_several_doses_need_several_locks(desk: Desk) -> None:
    request = await desk.open(doses=2)
    first = (await desk.do(request, "lock", bag=await desk.platelets(1))).json()
    assert first["state"] == "open"
    second = (await desk.do(request, "lock", bag=await desk.platelets(2))).json()
    assert second["state"] == "locked"


async def test_cancelling_gives_everything_back(desk: Desk) -> None:
    request, bag = await desk.open(), await desk.platelets()
    await desk.do(request, "lock", bag=bag)
    own = await desk.ward.api.post(f"{BASE}/requests/{request['id']}/cancel", json={"reason": "not needed any more"})
    assert own.json()["state"] == "cancelled"
    assert desk.ward.bag(bag)["claim"] is None
    assert (await desk.do(request, "lock", bag=bag)).json()["code"] == "request.over"
    assert (await desk.do(request, "close", outcome="met", comment="all done")).json()["code"] == "request.over"


async def test_a_hospital_sees_and_ends_its_own_requests_only(desk: Desk) -> None:
    request = await desk.open()
    async with desk.ward.centre.client(f"agent-{desk.ward.other.id}") as api:
        assert (await api.get(f"{BASE}/requests")).json()["items"] == []
        assert (await api.get(f"{BASE}/requests/{request['id']}")).status_code == 404
        ended = await api.post(f"{BASE}/requests/{request['id']}/cancel", json={"reason": "none of yours"})
        assert ended.status_code == 404
        body = {"hospital": desk.ward.hospital.id, "patient": "PAT-1", "needed_by": (T0 + timedelta(1)).isoformat()}
        assert (await api.post(f"{BASE}/platelet-requests", json=body)).status_code == 403
        assert (await api.post(f"{BASE}/requests/{request['id']}/lock", json={"bag": "x"})).status_code == 403
    assert len((await desk.ward.api.get(f"{BASE}/requests")).json()["items"]) == 1


async def test_operators_see_requests_and_bags_and_no_donors_or_patients(desk: Desk) -> None:
    await desk.api.put(f"{BASE}/platelet-donors/D-1", json={"hla": HLA, "group": "O+"})
    await desk.api.put(f"{BASE}/platelet-donors/D-2", json={"hla": HLA, "group": "O+"})
    request, bag = await desk.open(doses=2), await desk.platelets(1, donor="D-2")
    await desk.do(request, "lock", donor="D-1")
    async with desk.ward.centre.client("operator") as api:
        seen = (await api.get(f"{BASE}/requests/{request['id']}")).json()
        found = (await api.get(f"{BASE}/requests/{request['id']}/candidates")).json()
        called = await api.post(f"{BASE}/requests/{request['id']}/lock", json={"donor": "D-2"})
        locked = await api.post(f"{BASE}/requests/{request['id']}/lock", json={"bag": bag})
    assert (seen["patient"], seen["hla"], seen["locks"][0]["donor"]) == (None, None, None)
    assert [(one["donor"], one["bags"]) for one in found["items"]] == [(None, [bag])]
    assert (called.status_code, called.json()["code"]) == (422, "lock.donor")
    assert locked.status_code == 200, locked.text
    own = (await desk.api.get(f"{BASE}/requests/{request['id']}/candidates")).json()
    assert [one["donor"] for one in own["items"]] == ["D-1", "D-2"]  # a locked bag is on nobody's shelf


async def test_a_request_needs_a_patient_with_what_the_search_goes_by(desk: Desk) -> None:
    await desk.ward.patient("PAT-5", "O+")
    body = {"hospital": desk.ward.hospital.id, "patient": "PAT-5", "needed_by": (T0 + timedelta(days=1)).isoformat()}
    untyped = await desk.ward.api.post(f"{BASE}/platelet-requests", json=body)
    assert (untyped.status_code, untyped.json()["code"]) == (422, "request.patient")
    unknown = await desk.ward.api.post(f"{BASE}/platelet-requests", json={**body, "patient": "PAT-6"})
    assert unknown.json()["code"] == "patient.unknown"
    past = await desk.ward.api.post(f"{BASE}/rare-requests", json={**body, "needed_by": T0.isoformat()})
    assert past.json()["code"] == "request.needed_by"
    nothing = await desk.ward.api.post(f"{BASE}/rare-requests", json=body)
    assert nothing.json()["code"] == "request.antigens_absent"


async def test_a_rare_request_goes_by_the_antibodies_of_its_patient(desk: Desk) -> None:
    await desk.ward.patient("PAT-5", "O+", antibodies=["anti-Jka"])
    body = {
        "hospital": desk.ward.hospital.id, "patient": "PAT-5", "antigens_absent": ["K"],
        "needed_by": (T0 + timedelta(days=1)).isoformat(),
    }  # fmt: skip
    request = (await desk.ward.api.post(f"{BASE}/rare-requests", json=body)).json()
    assert request["antigens_absent"] == ["Jka", "K"]
    await desk.follow()
    fits = await desk.ward.centre.add_bag(1, "cold-1/s1/001", antigens="K- Jka-")
    half = await desk.ward.centre.add_bag(2, "cold-1/s1/002", antigens="K-")
    await desk.follow()
    tried = {one["bag"]: one["verdict"] for one in (await desk.see(request))["tried"]}
    assert tried == {fits: "fits", half: "no"}
    locked = (await desk.do(request, "lock", bag=fits)).json()
    assert locked["state"] == "locked"


async def test_a_new_request_is_held_at_once_against_what_lies_in_store(desk: Desk) -> None:
    fits, wrong = await desk.platelets(1), await desk.platelets(2, hla="A3,11 B35,44")
    request = await desk.open()
    assert {one["bag"]: one["verdict"] for one in request["tried"]} == {fits: "fits", wrong: "no"}


async def test_the_net_tells_when_an_answer_has_changed(desk: Desk) -> None:
    bag = await desk.platelets(1)
    request = await desk.open()
    await desk.ward.centre.write(try_stock)
    assert (await desk.see(request))["tries"] == 1
    await desk.ward.centre.write(lambda tx: place_hold(tx, TESTER, bag=bag, reason="looks odd"))
    await desk.ward.centre.write(try_stock)
    assert {one["verdict"] for one in (await desk.see(request))["tried"]} == {"fits", "no"}
