"""The language of blood: identifiers, groups, components, compatibility, eligibility. Pure, standard library only.

Nothing here reads a clock, a file outside this package, a socket or a database.
"""
