"""Hospital orders: placing, planning with the solver, reserving bags, and the sentences that say why.

Carrying the bags out of the house is `wms.outbound`; deciding which bag serves whom is `allocation`.
"""
