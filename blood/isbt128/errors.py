"""What is wrong with a scan, and where."""

from __future__ import annotations


class ScanError(ValueError):
    """A scan or identifier that is not what it claims to be.

    ``code`` names the fault for machines, ``position`` is the index of the first bad character in the text as given
    (its length when something is missing at the end); the text of the error tells a person what to do.
    """

    def __init__(self, code: str, position: int, message: str) -> None:
        self.code = code
        self.position = position
        super().__init__(message)

    def moved(self, by: int) -> ScanError:
        """The same fault in a text that has so many characters in front of the one that was judged."""
        return ScanError(self.code, self.position + by, str(self))
