"""The warehouse controller: bags, moves, alarms, orders, shipments, ledger, people. One folder per feature.

A feature holds its tables, its commands (which take a `Tx`) and its read models; nothing here speaks a protocol.
"""
