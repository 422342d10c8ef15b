"""A demo brings its own broker, or uses one that is there already."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hemovault.demo_site import DemoPlan, demo_services, write_demo_site

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(("port", "runs_broker"), [(None, True), (18999, False)])
def test_a_demo_runs_a_broker_unless_it_is_given_one(tmp_path: Path, port: int | None, runs_broker: bool) -> None:
    plan = DemoPlan(tmp_path, mqtt_port=port)
    site = write_demo_site(plan, NOW, None)
    services = [service.name for service in demo_services(plan, site.plant, site.settings)]
    assert ("broker" in services) is runs_broker
    assert services[-1] == "serve"
    assert site.settings.mqtt.port == (site.settings.broker.port if port is None else port)
