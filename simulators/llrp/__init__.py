"""The emulated reader: LLRP frames, one client session, and the child process that speaks for a reader."""
