"""Ports of a demo: the usual ones where they are free, others where somebody else listens."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import tomlkit


def free_port(wanted: int, taken: set[int]) -> int:
    """The wanted TCP port of 127.0.0.1 if nobody listens there, else one that the system offers; adds it to `taken`."""
    for candidate in (wanted, *(0 for _ in range(20))):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            port: int = probe.getsockname()[1]
        if port not in taken:
            taken.add(port)
            return port
    raise OSError("no free TCP port on 127.0.0.1")


def plant_with_free_ports(text: str, taken: set[int]) -> str:
    """The plant document with the ports of its PLC cells and readers replaced by free ones, comments kept."""
    document = tomlkit.parse(text)
    for cell in _tables(document, "cells"):
        url = urlsplit(str(cell["url"]))
        port = free_port(url.port or 4840, taken)
        cell["url"] = url._replace(netloc=f"127.0.0.1:{port}").geturl()
    for reader in _tables(document, "readers"):
        reader["port"] = free_port(int(str(reader["port"])), taken)
    return tomlkit.dumps(document)


def _tables(document: tomlkit.TOMLDocument, key: str) -> Iterator[tomlkit.items.AbstractTable]:
    """The tables of a list, whether each has a heading of its own or stands in one line."""
    tables = document.get(key, [])
    assert isinstance(tables, tomlkit.items.AoT | tomlkit.items.Array | list)  # noqa: S101 - the plant was parsed and checked before
    yield from tables
