"""Which batches of one epoch were handed over a short while ago and may still be on their way to the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

REPEAT_AFTER_S: Final = 30.0  # a batch handed over and not stored for so long is handed over again
FEWEST_LOOKED_AT: Final = 1_000


@dataclass(slots=True)
class HandedOver:
    """Batches by their last offset, each with its first one and the monotonic time of its handing over. No I/O.

    A range that ends as another one and begins earlier is another batch: an edge that learns that the historian lost
    more than it thought names more offsets as empty. What is stored or too old is forgotten when the number has doubled
    since it was last looked at, so that a note costs the same however many batches are under way.
    """

    look_at: int = FEWEST_LOOKED_AT
    _at: dict[int, tuple[int, float]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._at)

    def note(self, first: int, last: int, mark: int, now: float) -> bool:
        """Note a batch as handed over now; False when all of it is on its way already. `mark` is the stored offset."""
        before = self._at.get(last)
        if before is not None and before[0] <= first and now - before[1] < REPEAT_AFTER_S:
            return False
        if len(self._at) >= self.look_at:
            self._at = {o: noted for o, noted in self._at.items() if o > mark and now - noted[1] < REPEAT_AFTER_S}
            self.look_at = max(FEWEST_LOOKED_AT, 2 * len(self._at))
        self._at[last] = (first, now)
        return True

    def forget(self, last: int) -> None:
        """The batch was not taken: the next copy of it is handed over."""
        self._at.pop(last, None)
