"""Beyond the lock: what hospitals have, their patients by pseudonym, crossmatches, issues, and what became of each bag.

Nothing here decides whether a bag may go to a patient: that is `blood.eligibility`, asked for every act.
"""
