"""Five nodes of heat inside a cabinet or a room: air, coil, walls, load shell and load core (world.md 2.1).

Backward Euler. Every node but the air touches the air and at most one other node, so the 5x5 system is a tree and is
solved exactly by eliminating the leaves: stable at any step, and a few microseconds long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

_SHELL_SHARE = 0.35  # of the heat of a bag
_CORE_SHARE = 0.65
_SHELL_TO_CORE_W_PER_K = 1.2  # a bag
_LEAST_BAGS = 0.5  # an empty cabinet still has shelves


@dataclass(frozen=True, slots=True)
class Cabinet:
    """What a chamber is built of, with its full load; heat in J/K, conductance in W/K.

    ``bags`` of ``c_bag`` and ``g_bag`` each; heat ``ca ce cw`` of air, coil and walls; conductance coil to air ``gae``,
    walls to air ``gaw``, insulation ``ua``, open door ``gd``, leaks ``gleak``; heat of fans ``q_fan_w`` in W;
    ``still`` is the share of ``gae`` that is left when the fan stands; ``moist_air`` is how much more heat the outside
    air brings than dry air would.
    """

    bags: int
    c_bag: float
    g_bag: float
    ca: float
    ce: float
    cw: float
    gae: float
    gaw: float
    ua: float
    gd: float
    gleak: float
    q_fan_w: float
    still: float = 0.12
    moist_air: float = 1.4


class Nodes(NamedTuple):
    """Temperatures of the five nodes in Celsius."""

    air_c: float
    coil_c: float
    wall_c: float
    shell_c: float
    core_c: float


@dataclass(frozen=True, slots=True)
class Influence:
    """What acts on the nodes during one step.

    ``fan`` 0 or 1; ``gae`` between coil and air in W/K (fan and frost included); ``exchange`` with outside air in W/K;
    ``ambient_c`` outside; ``air_w`` and ``coil_w`` heat put into air and coil in W; ``melt_w_per_k`` heat that melting
    frost takes from the coil, for each kelvin above zero.
    """

    fan: float
    gae: float
    exchange: float
    ambient_c: float
    air_w: float
    coil_w: float
    melt_w_per_k: float = 0.0


def after(now: Nodes, cabinet: Cabinet, load: float, influence: Influence, dt: float) -> Nodes:
    """The nodes ``dt`` seconds later, with ``load`` as the share of the full load."""
    bags = max(cabinet.bags * load, _LEAST_BAGS)
    moving = 0.5 + 0.5 * influence.fan
    gae, gaw, gal = influence.gae, cabinet.gaw * moving, bags * cabinet.g_bag * moving
    gsc, heat = _SHELL_TO_CORE_W_PER_K * bags, bags * cabinet.c_bag
    ca, ce, cw = cabinet.ca / dt, cabinet.ce / dt, cabinet.cw / dt
    cs, cc = _SHELL_SHARE * heat / dt, _CORE_SHARE * heat / dt
    core_row = cc + gsc
    shell_row = cs + gal + gsc - gsc * gsc / core_row
    shell_right = cs * now.shell_c + gsc * cc * now.core_c / core_row
    wall_row = cw + gaw + cabinet.ua
    wall_right = cw * now.wall_c + cabinet.ua * influence.ambient_c
    coil_row = ce + gae + influence.melt_w_per_k
    coil_right = ce * now.coil_c + influence.coil_w
    air_row = ca + gae + gaw + gal + influence.exchange
    air_row -= gae * gae / coil_row + gaw * gaw / wall_row + gal * gal / shell_row
    air_right = ca * now.air_c + influence.exchange * influence.ambient_c + influence.air_w
    air_right += gae * coil_right / coil_row + gaw * wall_right / wall_row + gal * shell_right / shell_row
    air_c = air_right / air_row
    shell_c = (shell_right + gal * air_c) / shell_row
    return Nodes(
        air_c=air_c,
        coil_c=(coil_right + gae * air_c) / coil_row,
        wall_c=(wall_right + gaw * air_c) / wall_row,
        shell_c=shell_c,
        core_c=(cc * now.core_c + gsc * shell_c) / core_row,
    )
