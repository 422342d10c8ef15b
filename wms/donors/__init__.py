"""Donors as pseudonyms: deferrals, intervals, information after a donation, and donations held for any of them."""
