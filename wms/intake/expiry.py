"""When a bag expires, computed by the system from its component profile, never typed (domain.md 5.3)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from blood.component_file import load_catalogue
from blood.expiry import expiry_from
from plant.model import Plant


def expiry_of(plant: Plant, component: str, collected_at: datetime, medium: str | None = None) -> datetime:
    """Expiry (UTC) of a bag by its own shelf life from collection, in ``medium`` (None: the usual one), site time.

    Source: domain.md 1.1 (shelf lives), 1.4 (day counting). Raises KeyError for a component or medium that the site's
    profile does not know.
    """
    life = plant.components[component].life_in(medium)
    return expiry_from(collected_at, life, load_catalogue(plant.profile).days_end, ZoneInfo(plant.site.timezone))
