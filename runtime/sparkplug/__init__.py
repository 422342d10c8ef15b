"""Sparkplug B 3.0: our own codec, the edge session with its window on disk, the primary host. State only, never facts.

Payload types in `payload`, what the host hands over in `readings`; no meaning of a device or a probe lives here.
"""
