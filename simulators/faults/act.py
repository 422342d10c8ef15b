"""What a fault is: an act on the world, with a target and perhaps a value."""

from __future__ import annotations

from collections.abc import Callable

from simulators.world import World


class FaultError(ValueError):
    """A fault that this world does not know, or a target that does not exist; the sentence says which."""


Act = Callable[[World, str, float | None], None]
"""Acts on (world, target, value) or raises FaultError, and then changes nothing."""


def pick_bag(world: World, target: str, form: str) -> tuple[str, str]:
    """Split `bag/rest`; raises FaultError when there is no such bag."""
    bag, _, rest = target.partition("/")
    if bag not in world.floor.bags:
        raise FaultError(f"no such bag: {target!r}; write {form}")
    return bag, rest
