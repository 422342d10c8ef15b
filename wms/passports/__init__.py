"""The temperature passport of every bag: record, verdict, what people decide of excursions, the seal at dispatch.

`model` and everything it names is pure; `compute` reads warehouse and history; nothing here knows HTTP.
"""
