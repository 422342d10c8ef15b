"""Registries: typed platelet donors, rare red-cell donors, frozen stock; requests that stay open until they are met.

Donors and patients are pseudonyms; the grade of a match is `blood`'s, ranked here over all donors at once.
"""
