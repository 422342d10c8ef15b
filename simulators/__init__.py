"""A virtual blood centre: one seeded world stepped by dt, and servers that speak OPC UA, LLRP and HTTP for it.

Speaks `plant`, `blood`, `runtime` and message schemas; never the warehouse. Nothing in production imports it.
"""
