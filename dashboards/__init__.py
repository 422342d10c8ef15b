"""HTTP API under `/api/v1`, the live stream and the web app's files.

It asks the warehouse and decides nothing about blood.
"""
