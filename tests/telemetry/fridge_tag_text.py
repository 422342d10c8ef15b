"""A text in the form of a Fridge-tag 2's export, made here: two whole days and the day of reading out."""

from __future__ import annotations

SIGNATURE = "0123456789abcdef" * 8

HEAD = """Device: Q-tag Fridge-tag 2
Vers: 0.5
Fw Vers: 9.9p9t
Sensor: 1
Ext Sensor: 7
Conf:
 Serial: 100200300400
 PCB: TEST
 CID: 1
 Lot: 1_1_1
 Zone: 0.00
 Measurement delay: 10
 Moving Avrg: 1
 User Alarm Config: 0
 User Clock Config: 1
 Alarm Indication: 0
 Temp unit: C
 Alarm:
  0:
   T AL: -0.5, t AL: 60
  1:
   T AL: +8.0, t AL: 600
 Ext Sensor:
  Timeout: 10, Offset: +0.0
 Int Sensor:
  Timeout: 1, Offset: +0.0
 Report history length: 60
 Det Report: 3
 Use ext devices: 1
 Test Res: 1, Test TS: 2026-01-02 06:54
Errors:
 19:
  Err Count: 1, Err TS: 2026-02-26 15:30
Hist:
 TS Actv: 2026-02-26 09:00
 TS Report Creation: 2026-02-28 06:05
"""
TAIL = f"""Cert:
 Vers: 1.0
 Lot: 1_1_1
 Issuer: Somebody, Ltd: of Somewhere
 Valid from: 2025-08-21 07:39
 Owner: Somebody
 Public Key: abcdef
Sig Cert: abcdef
Sig: {SIGNATURE}
"""


def day(
    number: int,
    date: str,
    *,
    low: str = "+2.0",
    high: str = "+7.0",
    mean: str = "+4.0",
    below: str = "0",
    above: str = "0",
    external: str = "0",
) -> str:
    """One day of the history; ``below``, ``above`` and ``external`` are what follows `t Acc:` and `t AccST:`."""
    return f""" {number}:
  Date: {date}
  Min T: {low}, TS Min T: 01:00
  Max T: {high}, TS Max T: 02:00
  Avrg T: {mean}
  Alarm:
   0:
    t Acc: {below}
   1:
    t Acc: {above}
  Ext Sensor timeout:
   t AccST: {external}
  Int Sensor timeout:
   t AccST: 0
  Events: 0
"""


def export(*days: str) -> str:
    """A whole export; without days of its own it has three quiet ones."""
    quiet = (day(1, "2026-02-28"), day(2, "2026-02-27"), day(3, "2026-02-26"))
    return (HEAD + "".join(days or quiet) + TAIL).replace("\n", "\r\n")
