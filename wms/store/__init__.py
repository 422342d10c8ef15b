"""The operational database: one writer thread, read-only connections, lease, migrations. No rule about blood."""
