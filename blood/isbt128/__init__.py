"""ISBT 128, the language of labels, both ways: `parse` reads a scan, `Element.encode` gives it back exactly.

Source: ICCBBA ISBT 128 Standard Technical Specification v6.2.2 (ST-001), reference table RT019 of February 2026. The
tables that ICCBBA licenses (product descriptions, special testing, facilities) are not here: see `site_tables`.
"""

from __future__ import annotations

from blood.isbt128.antigen_history import RedCellAntigensWithHistory
from blood.isbt128.bag import (
    BagId,
    is_machine_read,
    parse_bag_id,
    parse_bag_scan,
    parse_din_scan,
    parse_product_scan,
    read_label,
)
from blood.isbt128.blood_group import AboRhd
from blood.isbt128.check import check_character
from blood.isbt128.compound import CompoundMessage, NationalStructure, compound_message
from blood.isbt128.consignment import Consignment
from blood.isbt128.containers import ContainerCatalogue, ContainerLot, SupplyCatalogue, SupplyLot
from blood.isbt128.dates import (
    CollectionDate,
    CollectionTime,
    ExpirationDate,
    ExpirationMonth,
    ExpirationTime,
    FlexibleTime,
    ProductionDate,
    ProductionTime,
)
from blood.isbt128.details import Dimensions, LotNumber, SingleEuropeanCode, SpecialTesting, SupplementalId
from blood.isbt128.donation import Donation, parse_keyed_din
from blood.isbt128.element import Element
from blood.isbt128.errors import ScanError
from blood.isbt128.group_table import GroupMessage, GroupUse, Rhd
from blood.isbt128.infection import InfectionMarkers
from blood.isbt128.pairs import Result
from blood.isbt128.people import ChainOfIdentity, DonorId, PatientBirthDate, PatientId, RegisteredDonor, StaffId
from blood.isbt128.platelets import PlateletAntigens
from blood.isbt128.product import ProcessingFacility, ProcessorProduct, ProductCode, ProductDivisions
from blood.isbt128.red_cells import FinnishRedCellAntigens, RedCellAntigens
from blood.isbt128.walk import AIM_PREFIXES, STRUCTURES, USUAL_PAIRS, Concatenation, parse, parse_one, scanner_prefix

__all__ = [
    "AIM_PREFIXES",
    "STRUCTURES",
    "USUAL_PAIRS",
    "AboRhd",
    "BagId",
    "ChainOfIdentity",
    "CollectionDate",
    "CollectionTime",
    "CompoundMessage",
    "Concatenation",
    "Consignment",
    "ContainerCatalogue",
    "ContainerLot",
    "Dimensions",
    "Donation",
    "DonorId",
    "Element",
    "ExpirationDate",
    "ExpirationMonth",
    "ExpirationTime",
    "FinnishRedCellAntigens",
    "FlexibleTime",
    "GroupMessage",
    "GroupUse",
    "InfectionMarkers",
    "LotNumber",
    "NationalStructure",
    "PatientBirthDate",
    "PatientId",
    "PlateletAntigens",
    "ProcessingFacility",
    "ProcessorProduct",
    "ProductCode",
    "ProductDivisions",
    "ProductionDate",
    "ProductionTime",
    "RedCellAntigens",
    "RedCellAntigensWithHistory",
    "RegisteredDonor",
    "Result",
    "Rhd",
    "ScanError",
    "SingleEuropeanCode",
    "SpecialTesting",
    "StaffId",
    "SupplementalId",
    "SupplyCatalogue",
    "SupplyLot",
    "check_character",
    "compound_message",
    "is_machine_read",
    "parse",
    "parse_bag_id",
    "parse_bag_scan",
    "parse_din_scan",
    "parse_keyed_din",
    "parse_one",
    "parse_product_scan",
    "read_label",
    "scanner_prefix",
]
