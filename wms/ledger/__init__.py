"""The tamper-evident, append-only record of all that happened, and what can be proved from it. Nothing edits it."""
