"""Whether one permitted range of temperature lies inside another. Pure."""

from __future__ import annotations

from blood.components import Limits


def within(inner: Limits, outer: Limits) -> bool:
    """True when every temperature that ``inner`` permits is permitted by ``outer``."""
    low = outer.min_c is None or (inner.min_c is not None and inner.min_c >= outer.min_c)
    high = outer.max_c is None or (inner.max_c is not None and inner.max_c <= outer.max_c)
    return low and high
