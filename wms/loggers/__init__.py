"""Files of loggers that travelled with boxes: kept with their hash, joined to the bags that lay there.

Single readings become late readings of the box's own probe. A device that keeps only daily summaries is a record: an
alarm in it holds the bags of that journey.
"""
