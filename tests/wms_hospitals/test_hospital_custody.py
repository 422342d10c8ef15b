"""A hospital sees and touches what it has, and nothing else; the centre sees no patient."""

from __future__ import annotations

from hospital_world import Ward


async def test_a_hospital_sees_its_own_bags_only(ward: Ward) -> None:
    mine = await ward.received()
    await ward.received(hospital=ward.other.id)
    page = (await ward.api.get("/api/v1/custody")).json()
    assert [bag["id"] for bag in page["items"]] == [mine]
    assert page["total"] == 1
    assert (await ward.api.get(f"/api/v1/custody?hospital={ward.other.id}")).status_code == 403


async def test_a_bag_of_another_hospital_is_refused_and_says_nothing(ward: Ward) -> None:
    theirs, patient = await ward.received(hospital=ward.other.id), await ward.patient()
    assert (await ward.api.get(f"/api/v1/custody/{theirs}")).status_code == 404
    for answer in (await ward.crossmatch(theirs, patient), await ward.issue(theirs, patient), await ward.tell(theirs)):
        assert (answer.status_code, answer.json()["code"]) == (403, "custody.not_yours")
    assert ward.bag(theirs)["status"] == "RECEIVED"


async def test_a_bag_at_the_centre_is_in_nobodys_hospital(ward: Ward) -> None:
    bag, patient = await ward.centre.add_bag(90), await ward.patient()
    assert (await ward.crossmatch(bag, patient)).json()["code"] == "custody.not_yours"
    assert (await ward.api.get("/api/v1/custody")).json()["total"] == 0


async def test_quality_sees_custody_without_patients_and_operators_none(ward: Ward) -> None:
    bag, _ = await ward.issued()
    await ward.tell(bag)
    async with ward.centre.client("quality") as api:
        shown = (await api.get("/api/v1/custody?status=TRANSFUSED")).json()["items"][0]
        assert (await api.get("/api/v1/patients")).status_code == 403
        assert (await api.get("/api/v1/crossmatches")).status_code == 403
        assert (await api.post(f"/api/v1/bags/{bag}/issue", json={"patient": "PAT-1", "to": "x"})).status_code == 403
    assert shown["issue"]["patient"] is None
    assert shown["fates"][0]["patient"] is None
    assert shown["crossmatches"][0]["patient"] is None
    async with ward.centre.client("operator") as api:
        assert (await api.get("/api/v1/custody")).status_code == 403


async def test_the_detail_says_what_is_permitted_for_a_patient_and_why_not(ward: Ward) -> None:
    bag, patient = await ward.received("A+"), await ward.patient(group="O+")
    shown = (await ward.api.get(f"/api/v1/custody/{bag}?patient={patient}")).json()
    acts = {action["act"]: action for action in shown["actions"]}
    assert not acts["issue"]["allowed"]
    assert {"incompatible", "crossmatch"} <= {reason["code"] for reason in acts["issue"]["reasons"]}
    assert shown["patient"] == patient


async def test_patients_of_two_hospitals_may_have_one_pseudonym(ward: Ward) -> None:
    await ward.patient("PAT-1", "O+")
    async with ward.centre.client(f"agent-{ward.other.id}") as api:
        answer = await api.put("/api/v1/patients/PAT-1", json={"group": "A-"})
        assert answer.json()["group"] == "A-"
        assert [one["group"] for one in (await api.get("/api/v1/patients")).json()["items"]] == ["A-"]
    assert (await ward.api.get("/api/v1/patients")).json()["items"][0]["group"] == "O+"


async def test_a_patient_is_told_with_what_decides_and_never_by_name(ward: Ward) -> None:
    body = {
        "group": None, "antibodies": ["anti-K", "HLA-A2", "HPA-1a", "Jka"], "requirements": ["irradiated"],
        "hla": "A24,2 B8", "patient_class": "childbearing",
    }  # fmt: skip
    told = (await ward.api.put("/api/v1/patients/pat-7", json=body)).json()
    assert (told["pseudonym"], told["group"], told["hla"]) == ("PAT-7", None, "A2,24 B8,-")
    assert set(told["antibodies"]) == {"K", "Jka", "A2", "HPA-1a"}
    refused = await ward.api.put("/api/v1/patients/王伟", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "patient.pseudonym")
    for fault in ({"antibodies": ["anti-Nobody"]}, {"requirements": ["warm"]}, {"hla": "A*02:01"}):
        answer = await ward.api.put("/api/v1/patients/PAT-8", json={**body, **fault})
        assert (answer.status_code, answer.json()["code"]) == (422, "patient.facts")
    assert len(ward.ledger("patient.told")) == 1


async def test_telling_the_same_of_a_patient_again_records_nothing(ward: Ward) -> None:
    await ward.patient()
    await ward.patient()
    assert len(ward.ledger("patient.told")) == 1


async def test_the_rules_carry_a_source_for_every_number(ward: Ward) -> None:
    rules = (await ward.api.get("/api/v1/custody/rules")).json()
    assert rules["presumed_after"]["hours"] > 0
    assert all(method["source"] and method["status"] for method in rules["crossmatch"])
    codes = {one["key"]: (one["hl7_0510"], one["hl7_0513"]) for one in rules["fate"]}
    assert codes["transfused"] == (None, "TX")
    assert codes["transfused_with_reaction"] == (None, "TR")
    assert codes["presumed_transfused"] == ("PT", None)
    assert codes["wasted"] == ("WA", "WA")


async def test_no_ledger_on_a_screen_names_a_patient(ward: Ward) -> None:
    bag, patient = await ward.issued()
    await ward.tell(bag)
    async with ward.centre.client("admin") as api:
        page = await api.get("/api/v1/ledger?limit=500")
        story = await api.get(f"/api/v1/bags/{bag}")
    assert {"bag.issued", "bag.crossmatched", "patient.told"} <= {one["kind"] for one in page.json()["items"]}
    assert patient not in page.text
    assert story.status_code == 200, story.text
    assert patient not in str(story.json()["ledger"])
