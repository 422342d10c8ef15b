"""Facts from the edges: applied once, in order, each with its effect and mark in one transaction; dead letters."""
