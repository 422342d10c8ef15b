"""Release from quarantine: its gates, who may pass one by, the temperature record. Nothing of it is typed."""
