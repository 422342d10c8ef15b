"""Machines of the floor: state that survives a snapshot, stepped in domain time. They obey jobs and write reports."""
