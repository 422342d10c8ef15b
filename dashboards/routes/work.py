"""Work on bags: collections, laboratory results, holds, tasks and their manual twins."""

from __future__ import annotations
