"""From a reserved bag to a received one: picks, the gate, the dispatch lock, the road, the hospital's receipt.

Every rule here is a function of database state that can be asked again after any restart.
"""
