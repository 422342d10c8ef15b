"""Who is told of an alarm: the ladder, the rota, the outbox of notices with its proof of delivery, who acted and when.

No sending here (`hemovault.services.notifier` and `wms.notices.channels` do) and no addresses in any table.
"""
