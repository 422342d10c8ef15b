"""Preparation as orders: which bags a recipe is given, what became of them, genealogy. Machines answer by the inbox."""
