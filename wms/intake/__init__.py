"""How blood enters: collection, laboratory results, release computed by gates. No transport and no HTTP."""
