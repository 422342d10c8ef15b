"""LLRP readers -> tag crossings: a supervised client per reader, crossing logic (pure), facts and reader health up.

`messages` holds the schemas and imports no protocol library. A read is evidence, never a decision.
"""
