"""Random small and large worlds for the allocation tests, and an oracle that knows no network."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import cache

from allocation.model import BagRow, LineRow, Policy, Snapshot, Tier, build_snapshot, load_policy
from blood.compatibility import preference
from blood.components import Family
from blood.eligibility import Zone
from blood.groups import BloodGroup

AT = datetime(2026, 3, 1, 6, tzinfo=UTC)
FAMILIES = {"RBC_S": Family.RED_CELLS, "FFP": Family.PLASMA, "PLT_A": Family.PLATELETS, "WB": Family.WHOLE_BLOOD}
GROUPS = list(BloodGroup)
POLICY = load_policy()


def bag(name: str, group: str = "O+", days: float = 10, component: str = "RBC_S", **other: object) -> BagRow:
    fields = {"place": "cold-1/s1/001", "zone": Zone.STOCK} | other
    return BagRow(
        bag=name, component=component, group=BloodGroup(group), expires_at=AT + timedelta(days=days), **fields
    )


def line(
    name: str, group: str = "O+", quantity: int = 1, days: float = 0, component: str = "RBC_S", **other: object
) -> LineRow:
    fields = {"hospital": "h1", "priority": 3, "substitution": True} | other
    return LineRow(
        line=name,
        component=component,
        recipient=BloodGroup(group),
        quantity=quantity,
        usable_until=AT + timedelta(days=days),
        **fields,
    )


def snapshot_of(bags: list[BagRow], lines: list[LineRow]) -> Snapshot:
    return build_snapshot(AT, FAMILIES, bags, lines)


def tiny(seed: int) -> tuple[list[BagRow], list[LineRow]]:
    """Up to 7 bags and 4 lines of one component, with refused, expired and mis-zoned bags among them."""
    dice = random.Random(seed)
    component = dice.choice(list(FAMILIES))
    groups = dice.sample(GROUPS, dice.randint(2, 5))
    bags = [
        bag(
            f"b{number}",
            dice.choice(groups).value,
            dice.choice([-1, 0.5, 1, 1.25, 2, 2.5, 3, 9, 9.5]),
            component,
            zone=dice.choice([Zone.STOCK] * 8 + [Zone.QUARANTINE]),
            refused=dice.choice([""] * 8 + ["hold"]),
        )
        for number in range(dice.randint(0, 7))
    ]
    lines = [
        line(
            f"l{number}",
            dice.choice(groups).value,
            dice.randint(1, 3),
            dice.choice([0, 0, 0.75, 1.1, 2.2, 5]),
            component,
            hospital=dice.choice(["h1", "h2"]),
            priority=dice.randint(0, 5),
            substitution=dice.random() < 0.7,
        )
        for number in range(dice.randint(1, 4))
    ]
    return bags, lines


def large(seed: int, bags: int, lines: int, tightness: float = 0.85) -> tuple[list[BagRow], list[LineRow]]:
    """A centre's stock and order book over all components; ``tightness`` is demand over supply."""
    dice = random.Random(seed)
    weights = [0.07, 0.38, 0.06, 0.30, 0.02, 0.10, 0.01, 0.06]
    life = {"RBC_S": 35, "FFP": 365, "PLT_A": 5, "WB": 35}
    share = {"RBC_S": 0.6, "FFP": 0.3, "PLT_A": 0.08, "WB": 0.02}
    components = list(share)
    kinds = dice.choices(components, list(share.values()), k=bags)
    stock = [
        bag(
            f"b{n:07d}",
            dice.choices(GROUPS, weights)[0].value,
            dice.uniform(0.2, life[kind]),
            kind,
            retrieval=dice.randint(0, 50),
        )
        for n, kind in enumerate(kinds)
    ]
    mean = bags * tightness / lines
    book = []
    for number in range(lines):
        kind = dice.choices(components, list(share.values()))[0]
        book.append(
            line(
                f"l{number:06d}",
                dice.choices(GROUPS, weights)[0].value,
                max(1, round(dice.expovariate(1 / mean))),
                dice.choice([0.1, 0.3, 1, 2, 3] if kind == "PLT_A" else [0.1, 1, 3, 7, 14]),
                kind,
                hospital=f"h{dice.randint(0, 29):02d}",
                priority=dice.choices(range(6), [2, 3, 20, 40, 25, 10])[0],
                substitution=dice.random() < 0.85,
            )
        )
    return stock, book


def cheapest(bags: list[BagRow], lines: list[LineRow], policy: Policy = POLICY) -> int:
    """Cost of the best possible plan, by trying everything: each bag in turn to each line or to nobody."""
    stock = [b for b in bags if not b.refused and b.zone is Zone.STOCK and b.expires_at > AT]

    def spent(one: BagRow, for_line: LineRow | None) -> int | None:
        family = FAMILIES[one.component]
        bucket = int((one.expires_at - AT) / timedelta(hours=policy.freshness.bucket_hours))
        if for_line is None:
            horizon = policy.outdate.horizon_days[family] * 24
            return policy.outdate.points * max(0, horizon - bucket * policy.freshness.bucket_hours) // horizon
        order = preference(family, for_line.recipient)
        if one.group not in order or one.expires_at < for_line.usable_until:
            return None
        if not for_line.substitution and one.group is not for_line.recipient:
            return None
        points = policy.freshness.per_bucket * bucket + order.index(one.group) * policy.mismatch.step
        rhd_spent = for_line.recipient.rhd_positive and not one.group.rhd_positive
        return points + (
            policy.mismatch.rhd_negative
            if rhd_spent and family in {Family.RED_CELLS, Family.PLATELETS, Family.WHOLE_BLOOD}
            else 0
        )

    def shortage(open_units: tuple[int, ...]) -> int:
        total = 0
        for key in {(one.hospital, Tier.of(one.priority)) for one in lines}:
            members = [n for n, one in enumerate(lines) if (one.hospital, Tier.of(one.priority)) == key]
            asked, missing = sum(lines[n].quantity for n in members), sum(open_units[n] for n in members)
            prices = []
            for band in range(policy.shortage.bands):
                width = asked * (band + 1) // policy.shortage.bands - asked * band // policy.shortage.bands
                prices += [
                    policy.shortage.points(key[1]) * (100 + policy.shortage.band_step_percent * band) // 100
                ] * width
            total += sum(sorted(prices)[:missing])
        return total

    @cache
    def best(index: int, open_units: tuple[int, ...]) -> int:
        if index == len(stock):
            return shortage(open_units)
        left = spent(stock[index], None)
        assert left is not None
        answer = left + best(index + 1, open_units)
        for number, one in enumerate(lines):
            points = spent(stock[index], one) if open_units[number] else None
            if points is not None:
                after = (*open_units[:number], open_units[number] - 1, *open_units[number + 1 :])
                answer = min(answer, points + best(index + 1, after))
        return answer

    return best(0, tuple(one.quantity for one in lines))
