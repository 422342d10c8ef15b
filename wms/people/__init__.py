"""People: passwords, accounts, roles, sessions, re-authentication and the two-person signature. No HTTP here.

Everything in this folder lives in real time; every sign-in, failure and change of rights is a ledger entry.
"""
