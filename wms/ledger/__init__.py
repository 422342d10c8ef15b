"""The tamper-evident, append-only record of everything that happened, and what can be proved from it. Nothing edits it."""
