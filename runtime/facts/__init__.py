"""Facts: what happened and may never be lost or doubled. Envelope, spool on disk, edge that sends, receiver that acknowledges.

What a fact means and the transaction that applies it live above (wms); nothing here reads `data`.
"""
