"""Rules of alarms about stock: blood that will go to waste, and blood that lies in the wrong centre."""

from __future__ import annotations

from typing import Final

from wms.alarms import conditions as c
from wms.alarms.rules import Nature, Owner, Rule

STOCK_RULES: Final = (
    Rule(
        c.STOCK_NEAR_EXPIRY,
        (4, 3),
        Nature.STANDING,
        Owner.OPERATOR,
        "Bags will expire unused: {subject}",
        "血袋将过期未用：{subject}",
        "At the planned use these bags outlive nobody's need. Offer them to hospitals and neighbours, oldest first.",
        "按计划用量，这些血袋将在用完前过期。请按效期先后提供给医院或邻近血站。",
        unit="bag",
    ),
    Rule(
        c.STOCK_IMBALANCE,
        (4,),
        Nature.STANDING,
        Owner.OPERATOR,
        "A neighbour is short of what is plenty here: {subject}",
        "邻近血站短缺而本站充足：{subject}",
        "Offer the neighbour the number of bags shown; the target of this centre stays covered.",
        "请向该血站提供所示袋数；本站仍保有目标库存。",
        unit="bag",
    ),
)
