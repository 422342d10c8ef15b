"""Stock x orders -> a proven plan: model, network, solver, certificate, verifier, explanations, wire form. Pure.

Nothing here reads a clock, a socket, a database or a plant; the only file read is a bundled policy.
"""
