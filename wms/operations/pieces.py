"""Codes of the bags that one operation makes: the same donation, another product or another division. Pure."""

from __future__ import annotations

from string import ascii_lowercase, ascii_uppercase

from blood.isbt128 import BagId, ScanError, parse_bag_id
from blood.operations import Operation, OperationKind
from plant.model import Plant
from wms.errors import Invalid

_UNDIVIDED = "00"


def codes_of_split(parent: str, pieces: int, most: int) -> tuple[BagId, ...]:
    """Ids of the pieces of a bag: divisions A0, B0, ... of its product; of a piece such as A0: Aa, Ab, ...

    Source: ST-001 2.4.3, division d upper case, s lower case. Raises Invalid for too many or too few pieces, and for a
    piece of a piece, which cannot be divided further.
    """
    bag = parse_bag_id(parent)
    code, division = bag.product[:6], bag.product[6:]
    if pieces < 2:
        raise Invalid("volumes_ml", "A split makes at least two pieces; name the volume of each")
    letters = ascii_uppercase if division == _UNDIVIDED else ascii_lowercase
    if pieces > min(most, len(letters)):
        raise Invalid("volumes_ml", f"A bag is split into at most {min(most, len(letters))} pieces")
    if division != _UNDIVIDED and not division.endswith("0"):
        raise Invalid("bags", f"{parent} is a piece of a piece and cannot be divided further")
    try:
        if division == _UNDIVIDED:
            return tuple(BagId(bag.din, f"{code}{letter}0") for letter in letters[:pieces])
        return tuple(BagId(bag.din, f"{code}{division[0]}{letter}") for letter in letters[:pieces])
    except ScanError as error:
        raise Invalid("bags", f"{parent} cannot be divided: {error}") from error


def codes_of(plant: Plant, operation: Operation, din: str, parent: str, pieces: int) -> tuple[BagId, ...]:
    """Ids of everything that comes of an operation under a donation number, in the order in which it is named.

    A division of the parent stays where the operation makes one bag of one: half a bag, irradiated, is still half.
    Where product codes have no division nothing is split.
    """
    if plant.identifiers.division_length == 0:
        if operation.recipe is OperationKind.SPLIT:
            raise Invalid("bags", f"{parent} cannot be divided: product codes of this site have no division")
        return tuple(BagId(din, plant.product_of(component)) for component in operation.outputs)
    if operation.recipe is OperationKind.SPLIT:
        return codes_of_split(parent, pieces, operation.max_pieces)
    division = parse_bag_id(parent).product[6:] if operation.max_parents == 1 else _UNDIVIDED
    return tuple(BagId(din, plant.product_of(component)[:6] + division) for component in operation.outputs)
