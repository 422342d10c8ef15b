"""Bags: status table, projection, stays, facts for eligibility, read models, opening import. No machines here."""
