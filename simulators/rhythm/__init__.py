"""How donors, hospitals and laboratories behave over hours, weeks and years: pure, seeded functions and their figures.

Nothing here knows bags, places or machines; chance comes only from `simulators.chance.draw`. Tags such as MYS or ZZ in
comments are the sources of the figures; `design` marks our own choice, `calc` a figure derived from the others.
"""
