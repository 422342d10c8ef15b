"""Discards: why a bag is destroyed, who signed for it, and what that says about the centre."""
