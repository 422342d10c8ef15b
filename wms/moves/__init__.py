"""Durable moves: slot choice, tasks, dispatch to cranes, the manual twin. Machines answer through the inbox."""
