"""What people do while a scenario runs, and what is looked up for its checks: functions by name and minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from whole.evidence import holds
from whole.witness import Witness

from hemovault.whole.stage import Stage
from plant.model import ProbeKind
from runtime.facts.envelope import decode_envelope
from telemetry.exposure import GapReason, Stay, exposures

Act = Callable[[Stage, Witness], Awaitable[None]]


async def look_at_alarms(stage: Stage, witness: Witness) -> None:
    answer = await stage.centre.people["operator"].get("/alarms?state=open")
    witness.notes.setdefault("alarms", []).extend(answer["items"])


async def look_at_the_board(stage: Stage, witness: Witness) -> None:
    witness.notes["overview"] = await stage.centre.people["operator"].get("/overview")


async def order(stage: Stage, witness: Witness) -> None:
    due = stage.centre.clock.now() + timedelta(hours=20)
    line = {"component": "RBC_S", "group": "O+", "quantity": 6, "unit": "bag", "substitution": True, "min_days_left": 0}
    body = {"hospital": "city-first", "kind": "stock", "priority": 3, "due_at": due.isoformat(), "lines": [line]}
    made = await stage.centre.people["hospital"].post("/orders", body, "the order")
    witness.notes["order id"] = made["id"]


async def order_as_planned(stage: Stage, witness: Witness) -> None:
    witness.notes["order before"] = await _order(stage, witness)


async def order_at_last(stage: Stage, witness: Witness) -> None:
    witness.notes["order"] = await _order(stage, witness)


async def acknowledge_all(stage: Stage, witness: Witness) -> None:
    operator = stage.centre.people["operator"]
    for alarm in (await operator.get("/alarms?state=open"))["items"]:
        if alarm["state"] in {"unacknowledged", "returned_unacknowledged"}:
            await operator.post(f"/alarms/{alarm['id']}/acknowledge", {"comment": "seen"}, f"ack {alarm['id']}")
    witness.notes["acknowledged"] = (stage.centre.clock.now() - stage.player.began) / timedelta(minutes=1)


async def save_the_blood(stage: Stage, witness: Witness) -> None:
    """The operator asks where the blood of the failing store can go, and has it carried there; again, as room comes."""
    operator, now = stage.centre.people["operator"], stage.centre.clock.now()
    warm = [alarm for alarm in (await operator.get("/alarms?state=open"))["items"] if alarm["place"] == "cold-1"]
    for alarm in warm[:1]:
        plan = await operator.get(f"/alarms/{alarm['id']}/rescue")
        witness.notes.setdefault("rescue", []).append(plan)
        body = {"bags": "all", "hold": False, "move": True, "comment": "the compressor is dead"}
        await operator.post(f"/alarms/{alarm['id']}/rescue", body, f"rescue {now.isoformat()}")


async def door_history(stage: Stage, witness: Witness) -> None:
    centre = stage.centre
    source = centre.registry.find("plc-cold", "cold-1", "Door/Open")
    assert source is not None
    witness.notes["door values"] = centre.store.readings(source, *_span(stage)).value.tolist()


async def excursions(stage: Stage, witness: Witness) -> None:
    """Of the load probes: the air of a store takes a breath at every visit."""
    probes = [probe.id for probe in stage.centre.plant.probes if probe.kind is ProbeKind.LOAD]
    found = stage.centre.store.excursions(probes, *_span(stage))
    witness.notes["excursions"] = [(one.probe, round(one.minutes, 1), one.worst_c) for one in found]


async def facts_by_type(stage: Stage, witness: Witness) -> None:
    count: Counter[str] = Counter()
    for edge in stage.centre.edges:
        edge.send_again_from(0)
        count.update(decode_envelope(fact.raw).type for fact in edge.waiting())
        edge.send_again_from(edge.head)
    witness.notes["facts"] = dict(count)


async def name_the_stray(stage: Stage, witness: Witness) -> None:
    (witness.notes["stray bag"],) = stage.centre.world.state.strays


async def who_lies_in_the_held_store(stage: Stage, witness: Witness) -> None:
    """Bags in the store at the instant at which it was held."""
    opened = [hold.opened_at for hold in holds(stage.centre) if hold.place == "cold-1"]
    if opened:
        at = int(opened[0].timestamp() * 1e6)
        query = "SELECT bag FROM stay WHERE place LIKE 'cold-1/%%' AND from_us <= ? AND (to_us IS NULL OR to_us > ?)"
        with stage.centre.warehouse.read() as conn:
            found = [bag for (bag,) in conn.exec_driver_sql(query.replace("%%", "%"), (at, at))]
        witness.notes["in the store when held"] = found


async def unshaken_minutes(stage: Stage, witness: Witness) -> None:
    centre = stage.centre
    query = "SELECT bag, place, from_us, to_us FROM stay WHERE place LIKE 'platelet/%' ORDER BY bag"
    with centre.warehouse.read() as conn:
        stays = [
            Stay(bag, place, a // 1000, None if b is None else b // 1000)
            for bag, place, a, b in conn.exec_driver_sql(query)
        ]
    found = exposures(stays, centre.plant, centre.store, centre.registry, now_ms=_span(stage)[1], step_ms=60_000)
    reason = GapReason.NOT_AGITATED
    there = {stay.bag for stay in stays if stay.from_ms <= _span(stage)[0] + 600_000 and stay.to_ms is None}
    witness.notes["unshaken minutes"] = {
        bag: sum(gap.to_ms - gap.from_ms for gap in exposure.gaps if gap.reason is reason) / 60_000
        for bag, exposure in found.items()
        if bag in there
    }


async def hold_the_first(stage: Stage, witness: Witness) -> None:
    """Quality holds the bag that somebody is about to put where it does not belong."""
    floor = stage.centre.world.state.bags.values()
    bag = min((bag.place, bag.id) for bag in floor if bag.place.startswith("cold-1/s1/"))[1]
    witness.notes["held bag"] = bag
    await stage.centre.people["quality"].post("/holds", {"bag": bag, "reason": "look at it"}, f"hold {bag}")


async def crossings_at_the_stock_portal(stage: Stage, witness: Witness) -> None:
    with stage.centre.warehouse.read() as conn:
        crossed = conn.exec_driver_sql("SELECT bag FROM ledger WHERE kind = 'bag.crossed' AND data LIKE '%\"p3\"%'")
        witness.notes["crossed p3"] = [bag for (bag,) in crossed]
        nowhere = (
            "SELECT DISTINCT bag FROM ledger WHERE data LIKE '%\"place\":[%,null]%' OR data LIKE '%\"place\":null%'"
        )
        witness.notes["were nowhere"] = [bag for (bag,) in conn.exec_driver_sql(nowhere)]


async def look_back(stage: Stage, witness: Witness) -> None:
    """The laboratory learns that the donation of a bag in a hospital was reactive after all; quality recalls it."""
    centre = stage.centre
    received = [line["bag"] for line in centre.world_log() if line["event"] == "received"]
    din = received[-1].partition("-")[0]
    witness.notes["look-back"] = din
    result = {"test": "nat", "value": "reactive", "method": "nat-id", "at": centre.clock.now().isoformat()}
    (laboratory,) = [agent.client for agent in centre.agents if agent.account.role == "laboratory"]
    await laboratory.post("/laboratory/results", {"din": din, "run": "look-back", "results": [result]}, "look-back")
    body = {"reason_code": "reactive_donation", "comment": "NAT reactive after issue", "by": {"din": din}}
    witness.notes["recall"] = (await centre.people["quality"].post("/recalls", body, "recall"))["id"]
    await centre.step(10.0 * centre.plan.rate)
    query = (
        "SELECT id FROM bag WHERE din = ? AND status NOT IN ('NONCONFORMING', 'CONSUMED', 'DISCARDED') AND NOT EXISTS "
        "(SELECT 1 FROM hold WHERE hold.bag = bag.id AND hold.lifted_us IS NULL) AND NOT EXISTS "
        "(SELECT 1 FROM bag_recall WHERE bag_recall.bag = bag.id AND bag_recall.outcome IS NULL)"
    )
    with centre.warehouse.read() as conn:
        witness.notes["loose siblings"] = [bag for (bag,) in conn.exec_driver_sql(query, (din,))]


async def answer_recalls(stage: Stage, witness: Witness) -> None:
    """Every hospital reads its notices and says what it does; quality looks who has answered."""
    for agent in stage.centre.agents:
        if agent.account.role != "hospital":
            continue
        for notice in (await agent.client.get("/recall-notices"))["items"]:
            path = f"/recalls/{notice['recall']}/notices/{notice['id']}/acknowledge"
            answer = {"answer": "taken out of the refrigerator and locked away"}
            await agent.client.post(path, answer, f"answer {notice['id']}")
    case = await stage.centre.people["quality"].get(f"/recalls/{witness.notes['recall']}")
    witness.notes["recalls"] = [
        {"hospital": notice["holder"], "acknowledged": notice["acknowledged_at"] is not None}
        for notice in case["notices"]
        if notice["kind"] == "hospital"
    ]


async def trips(stage: Stage, witness: Witness) -> None:
    witness.notes["trips"] = (await stage.centre.people["operator"].get("/trips"))["items"]


async def _order(stage: Stage, witness: Witness) -> Any:
    return await stage.centre.people["hospital"].get(f"/orders/{witness.notes['order id']}")


def _span(stage: Stage) -> tuple[int, int]:
    def ms(at: datetime) -> int:
        return int(at.timestamp() * 1000)

    return ms(stage.player.began), ms(stage.centre.clock.now())


END = float("inf")
ACTS: dict[str, list[tuple[float, Act]]] = {
    "door-60s": [(END, door_history)],
    "door-10min": [(21.5, look_at_alarms)],
    "compressor-dead-full": [
        *[(2, order), (8, order_as_planned), (END, order_at_last)],
        *[(minute, save_the_blood) for minute in (150, 180, 210, 240, 270, 300)],
    ],
    "compressor-dead-night": [(120, acknowledge_all)],
    "thermostat-welded": [(END, who_lies_in_the_held_store)],
    "door-ajar-overnight": [(90, look_at_the_board)],
    "probe-spikes": [(END, excursions)],
    "mains-off": [(11, look_at_alarms), (END, excursions)],
    "agitator-stops": [(END, unshaken_minutes)],
    "tag-missed": [(END, crossings_at_the_stock_portal)],
    "diverter-wrong-way": [(29.9, hold_the_first)],
    "look-back": [(140, look_back), (END, answer_recalls)],
    "van-stuck": [(END, trips)],
    "trolley-at-the-portal": [(30, name_the_stray), (END, facts_by_type)],
}
