"""Recall and look-back: cases that freeze bags wherever they are, tell who has them, and end with an outcome for each.

Nothing here changes a bag's status by itself: a recall is a facet (`bag_recall`), asked by eligibility.
"""
