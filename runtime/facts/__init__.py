"""Facts: what happened and may never be lost or doubled. Envelope, spool on disk, sending edge, receiver that acks.

What a fact means and the transaction that applies it live above (wms); nothing here reads `data`.
"""
