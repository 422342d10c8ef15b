"""Which bag group may serve which patient group under a policy (domain.md 4.1, 4.2, 4.4); the tables are data."""

from __future__ import annotations

from functools import cache

from blood.compatibility_file import load_rules
from blood.components import Family
from blood.groups import BloodGroup
from blood.patients import PatientClass
from blood.policy import DEFAULT_POLICY, Condition, GroupQuestion, Policy, RhdRule


def preference(family: Family, recipient: BloodGroup, policy: str = DEFAULT_POLICY) -> tuple[BloodGroup, ...]:
    """Bag groups that may serve a recipient without a condition, best first; one that is absent is incompatible.

    RhD-negative recipients are taken for the most vulnerable class: they get RhD-negative cells. Raises KeyError for an
    unknown policy. Sources: the tables' own (`rules/compatibility.toml`).
    """
    return _preference(family, recipient, policy)


def compatible(family: Family, bag: BloodGroup, recipient: BloodGroup, policy: str = DEFAULT_POLICY) -> bool:
    """True when a bag of this group may serve this recipient without a condition."""
    return bag in _preference(family, recipient, policy)


def group_suits(policy: Policy, family: Family, bag: BloodGroup, low_titre: bool, question: GroupQuestion) -> bool:
    """True when a bag may serve who asks; ``low_titre``: it was tested negative for high-titre anti-A/-B."""
    abo = None if question.recipient is None else question.recipient.abo
    held = {Condition.LOW_TITRE: low_titre, Condition.EMERGENCY: question.emergency}
    suits = any(
        choice.abo == bag.abo and all(held[condition] for condition in choice.conditions)
        for choice in policy.abo[family][abo]
    )
    return suits and (not bag.rhd_positive or _may_have_rhd(policy, family, question))


def class_of(policy: Policy, sex: str | None, age_years: int | None) -> PatientClass:
    """The class of a patient; ``sex`` is "female", "male" or None. Whatever is not known makes it the safer class."""
    if age_years is None:
        return PatientClass.UNKNOWN
    if age_years <= policy.child_until_years.value:
        return PatientClass.CHILD
    if sex == "male" or age_years > policy.childbearing_until_years.value:
        return PatientClass.OTHER
    return PatientClass.CHILDBEARING if sex == "female" else PatientClass.UNKNOWN


@cache
def _preference(family: Family, recipient: BloodGroup, policy: str) -> tuple[BloodGroup, ...]:
    rules = load_rules().policies[policy]
    same, other = ("+", "-") if recipient.rhd_positive else ("-", "+")
    question = GroupQuestion(recipient)
    return tuple(
        group
        for choice in rules.abo[family][recipient.abo]
        for group in (BloodGroup(choice.abo + same), BloodGroup(choice.abo + other))
        if group_suits(rules, family, group, False, question)
    )


def _may_have_rhd(policy: Policy, family: Family, question: GroupQuestion) -> bool:
    rule = policy.rhd[family]
    if rule is RhdRule.IGNORED or (question.recipient is not None and question.recipient.rhd_positive):
        return True
    if question.emergency and question.patient_class not in policy.emergency.d_negative_for:
        return True
    return rule is RhdRule.PROTECTED and question.patient_class is PatientClass.OTHER
