"""Labels: what one says (ZPL, PDF), printing at the station or by hand, reading back, comparing. No sockets."""
