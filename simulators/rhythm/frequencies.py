"""Frequencies of blood groups and tissue types in people. World.md 1.4; shares, not percent."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Region(StrEnum):
    """Where a population lives."""

    NORTH = "north"
    EAST = "east"
    SOUTH = "south"
    MALAYSIA = "malaysia"


_CHINA_ABO: Final = {"A": 0.2872, "B": 0.2817, "O": 0.3420, "AB": 0.0891}  # V ABO23M, 23 million people
ABO: Final = {
    Region.EAST: _CHINA_ABO,
    Region.NORTH: {"A": 0.280, "B": 0.315, "O": 0.310, "AB": 0.095},  # design: north more B (direction V ABO23M)
    Region.SOUTH: {"A": 0.270, "B": 0.260, "O": 0.400, "AB": 0.070},  # design: south more O (direction V ABO23M)
    Region.MALAYSIA: {"A": 0.249, "B": 0.273, "O": 0.414, "AB": 0.064},  # V MYS
}
_NORTH_RH: Final = {"CDe": 0.63, "cDE": 0.18, "cDe": 0.08, "CDE": 0.04, "cde": 0.055, "Cde": 0.015}  # design / calc
_SOUTH_RH: Final = {"CDe": 0.73, "cDE": 0.145, "cDe": 0.045, "CDE": 0.026, "cde": 0.042, "Cde": 0.012}  # HK93 / calc
RH_HAPLOTYPES: Final = {
    Region.NORTH: _NORTH_RH,
    Region.EAST: _NORTH_RH,
    Region.SOUTH: _SOUTH_RH,
    Region.MALAYSIA: _SOUTH_RH,  # design: no source of its own
}
DEL_OF_RHD_NEGATIVE: Final = 0.30  # V TW97, about

MI_A: Final = {Region.NORTH: 0.01, Region.EAST: 0.03, Region.SOUTH: 0.07, Region.MALAYSIA: 0.07}  # V MUR22, HKMIA
FY_A_ALLELE: Final = 0.9435  # calc from TW97: Fy(a+b-) 89, (a+b+) 10.4, (a-b+) .3 %
JK_A_ALLELE: Final = 0.41  # V YUAN
JK_NULL: Final = 1 / 22_000  # V Shaoguan donors: Jk(a-b-)
DI_A_ALLELE: Final = 0.04  # V YUAN: .03-.05, Di(a+) 6-9 %
S_ALLELE: Final = 0.0408  # design: S+ about 8, s+ about 99 %
K_ALLELE: Final = 0.0  # V TW97: K+ 0

OTHER: Final = "other"
"""Alleles that the tables do not name; two of them are not known to be the same."""
HLA_A: Final = {  # first three V HLAJS, then design
    "A*11:01": 0.165, "A*24:02": 0.151, "A*02:01": 0.130, "A*30:01": 0.11, "A*02:07": 0.08, "A*33:03": 0.08,
    "A*02:06": 0.05, "A*31:01": 0.04, "A*01:01": 0.04, "A*03:01": 0.03, "A*26:01": 0.03, OTHER: 0.094,
}  # fmt: skip
HLA_B: Final = {  # first three V HLAJS, then design
    "B*13:02": 0.116, "B*46:01": 0.089, "B*58:01": 0.071, "B*40:01": 0.09, "B*15:01": 0.07, "B*51:01": 0.07,
    "B*40:02": 0.04, "B*13:01": 0.04, "B*35:01": 0.04, "B*44:03": 0.03, "B*54:01": 0.03, "B*38:02": 0.03,
    OTHER: 0.284,
}  # fmt: skip
HLA_HAPLOTYPES: Final = {  # first two V HLAJS, then design; what is left is independent
    ("A*30:01", "B*13:02"): 0.099,
    ("A*33:03", "B*58:01"): 0.055,
    ("A*02:07", "B*46:01"): 0.05,
    ("A*11:01", "B*40:01"): 0.04,
    ("A*24:02", "B*40:01"): 0.025,
}
HPA_B_ALLELES: Final = {  # V HPAJS, 1 640 platelet donors
    "1": 0.0055, "2": 0.053, "3": 0.412, "4": 0.0015, "5": 0.0155, "6": 0.016, "15": 0.468, "21": 0.007,
}  # fmt: skip
