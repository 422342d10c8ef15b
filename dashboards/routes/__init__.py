"""One router per feature: parse, authorise by role, call one function of the warehouse, map. No rule lives here."""
