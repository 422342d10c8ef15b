"""What people do with bags by scanner and keyboard: the next sensible step of a bag, each over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from lives_centre import PLANT, LivesCentre
from lives_oracle import MARKERS, Donation, Told

STORE = {
    "RBC_S": "cold-1", "WB": "cold-1", "RBC_W": "cold-1", "RBC_IRR": "cold-1", "FFP": "plasma-1", "FP": "plasma-1",
    "FFP_MB": "plasma-1", "CRYO": "plasma-1", "PLT_A": "platelet", "PLT_C": "platelet", "PLT_P": "platelet",
    "PLT_IRR": "platelet", "RBC_F": "ult",
}  # fmt: skip
BOX = {"cold-1": "r20-", "plasma-1": "f20-", "platelet": "p8-", "ult": "f20-"}
SHELF = {"QUARANTINE": "q1", "AVAILABLE": "s1", "RETURNED_PENDING": "r1", "NONCONFORMING": "n1"}
HOSPITAL, LAB, TEAM = "hospital", "agent-laboratory", "agent-collection"
HOSPITAL_ID = PLANT.hospitals[0].id


def din_scan(bag: str) -> str:
    """The donation number as a scanner gives it."""
    return f"={bag[:13]}00"


def scans(bag: str) -> dict[str, str]:
    """Both codes of a label."""
    return {"din_scan": din_scan(bag), "product_scan": f"=<{bag[14:]}"}


class Hands:
    """People of one centre and what they did, so that an oracle can judge."""

    def __init__(self, centre: LivesCentre, told: Told) -> None:
        self.centre, self.told, self._numbers, self._runs = centre, told, 0, 0

    def bag(self, bag: str) -> dict[str, Any]:
        """The bag as the database has it."""
        names = ("id", "component", "abo_rhd", "status", "place", "din", "order_line", "expires_us", "donation_type")
        (row,) = self.centre.rows(f"SELECT {', '.join(names)} FROM bag WHERE id = ?", bag)
        return dict(zip(names, row, strict=True))

    def bags(self) -> list[str]:
        """Every bag, oldest first."""
        return [bag for (bag,) in self.centre.rows("SELECT id FROM bag ORDER BY collected_us, id")]

    def collect(self, group: str, donor: str, component: str, donation_type: str) -> None:
        """A donation at the van, with its number scanned twice and from its tube."""
        self._numbers += 1
        din = f"A999926{self._numbers:06d}"
        at = self.centre.clock.now()
        volume = 400 if component == "WB" else 250
        body = {
            "din_scan": f"={din}00",
            "din_scan_again": f"={din}00",
            "donor": donor,
            "volume_ml": volume,
            "target_ml": volume,
            "anticoagulant": "CPDA-1",
            "started_at": (at - timedelta(minutes=8)).isoformat(),
            "ended_at": at.isoformat(),
            "sealed_at": at.isoformat(),
            "samples": [f"={din}00"],
            "device": "shaker-1",
            "device_serial": "sn-1",
            "operator": "nurse",
            "donation_type": donation_type,
            "product": "" if component == "WB" else PLANT.product_of(component),
        }
        if self.centre.call(TEAM, "POST", "/collections", body).ok:
            self.told.donations[din] = Donation(donor, group, at)

    def test(self, din: str, **changes: str) -> None:
        """The laboratory reports all tests of a donation, negative but for the changes."""
        self._runs += 1
        donation = self.told.donations[din]
        values = {**dict.fromkeys(MARKERS, "negative"), "alt": "22", **changes}
        results = [(test, value, "elisa") for test, value in values.items()]
        if "abo_rhd" not in changes:
            results += [("abo_rhd", donation.group, method) for method in ("forward", "reverse", "weak-d")]
        at = self.centre.clock.now().isoformat()
        body = {
            "din": din,
            "run": f"run-{self._runs}",
            "results": [
                {"test": test, "value": value, "method": method, "reagent": "r-1", "at": at}
                for test, value, method in results
            ],
        }
        if self.centre.call(LAB, "POST", "/laboratory/results", body).ok:
            donation.results += [(test, value) for test, value, _ in results]

    def label(self, bag: str) -> None:
        """A person applies the label and reads both codes back."""
        if self.centre.call("operator", "POST", "/scans/label", scans(bag)).accepted:
            self.told.labelled.add(bag)

    def put_away(self, bag: str, shelf: str | None = None) -> None:
        """Onto the first free slots of a shelf, the right one unless named."""
        row = self.bag(bag)
        name = shelf or f"{STORE.get(row['component'], 'cold-1')}/{SHELF.get(row['status'], 's1')}"
        taken = {place for (place,) in self.centre.rows("SELECT place FROM bag WHERE place IS NOT NULL")}
        free = next((slot for n in range(1, 200) if (slot := f"{name}/{n:03d}") not in taken), f"{name}/001")
        self.centre.call("operator", "POST", "/scans/put-away", {**scans(bag), "to_place": free})

    def order(self, component: str, group: str, quantity: int) -> None:
        """The hospital orders and the planner looks."""
        line = {
            "component": component, "group": group, "quantity": quantity, "unit": "bag", "substitution": True,
            "min_days_left": 0,
        }  # fmt: skip
        due = (self.centre.clock.now() + timedelta(hours=8)).isoformat()
        body = {"hospital": HOSPITAL_ID, "kind": "stock", "priority": 4, "due_at": due, "lines": [line]}
        self.centre.call(HOSPITAL, "POST", "/orders", body)
        self.centre.plan()
        self.centre.step(2)

    def advance(self, bag: str) -> None:
        """The next sensible step of a bag, whatever it is; a refusal is an answer, too."""
        row = self.bag(bag)
        step = getattr(self, f"_from_{row['status'].lower()}", None)
        if step is not None:
            step(row)

    def know_patient(self, pseudonym: str, group: str) -> None:
        """The hospital tells of a patient; a later word replaces the earlier one."""
        if self.centre.call(HOSPITAL, "PUT", f"/patients/{pseudonym}", {"group": group}).ok:
            self.told.patients[pseudonym] = group

    def crossmatch(self, bag: str, patient: str, result: str) -> None:
        """The hospital's laboratory says whether a bag and a patient go together."""
        at = self.centre.clock.now().isoformat()
        body = {"bag": bag, "patient": patient, "result": result, "method": "serological", "at": at}
        if self.centre.call(HOSPITAL, "POST", "/crossmatches", body).ok:
            (self.told.crossmatched.add if result == "compatible" else self.told.crossmatched.discard)((bag, patient))

    def issue(self, bag: str, patient: str, *people: str) -> None:
        """To a patient; with two people's signatures it is an emergency."""
        body: dict[str, Any] = {"patient": patient, "to": "ward 3", "emergency": bool(people)}
        signed = self.centre.signed("issue.emergency", bag, body, *people) if people else body
        if self.centre.call(HOSPITAL, "POST", f"/bags/{bag}/issue", signed).ok and people:
            self.told.emergencies.add(bag)

    def tell_fate(self, bag: str, fate: str) -> None:
        """What became of a bag."""
        body = {
            "fate": fate,
            "at": self.centre.clock.now().isoformat(),
            "administrator": "n-1",
            "verifier": "n-2",
            "comment": "told by the ward",
        }
        self.centre.call(HOSPITAL, "POST", f"/bags/{bag}/fate", body)

    def discard(self, bags: list[str], *people: str) -> None:
        """Destroyed, on the word of these people."""
        body = {"bags": bags, "cause": "leaking", "comment": "a leak at the port"}
        self.centre.call("quality", "POST", "/discards", self.centre.signed("bag.discard", bags[0], body, *people))

    def recall(self, by: dict[str, str]) -> None:
        """Quality calls blood back."""
        body = {"reason_code": "post_donation_information", "by": by, "comment": "the donor called"}
        self.centre.call("quality", "POST", "/recalls", body)

    def _from_received(self, row: dict[str, Any]) -> None:
        self.know_patient("PT-00001", str(row["abo_rhd"]))
        self.crossmatch(row["id"], "PT-00001", "compatible")
        self.issue(row["id"], "PT-00001")

    def _from_issued(self, row: dict[str, Any]) -> None:
        self.tell_fate(row["id"], "transfused")

    def _from_collected(self, row: dict[str, Any]) -> None:
        if row["place"] == "mobile":
            self.centre.call("operator", "POST", "/scans/receive", {"din_scan": din_scan(row["id"])})
        elif row["component"] == "WB":
            self.operate("separate", [row["id"]], output="RBC_S", volumes_ml=[200, 180])
        else:
            self.centre.step(6)

    def _from_processing(self, row: dict[str, Any]) -> None:
        self.operate("freeze", [row["id"]])

    def _from_quarantine(self, row: dict[str, Any]) -> None:
        donation = self.told.donations.get(row["din"])
        if donation is not None and not donation.results:
            self.test(row["din"])
        elif row["id"] not in self.told.labelled:
            self.label(row["id"])
        else:
            self.centre.call("quality", "POST", f"/bags/{row['id']}/release")
            self.put_away(row["id"])

    def _from_available(self, row: dict[str, Any]) -> None:
        if "/s" not in str(row["place"]):
            self.put_away(row["id"])
        elif row["abo_rhd"]:
            self.order(row["component"], row["abo_rhd"], 1)

    def _from_reserved(self, row: dict[str, Any]) -> None:
        self.centre.step(2)
        if self.centre.call("operator", "POST", "/scans/pick", scans(row["id"])).accepted:
            self.centre.call("operator", "POST", "/scans/gate", scans(row["id"]))

    def _from_picked(self, row: dict[str, Any]) -> None:
        if not str(row["place"]).startswith("dispatch/sort"):
            self.centre.call("operator", "POST", "/scans/gate", scans(row["id"]))
            return
        for number in range(1, 4):
            box = f"{BOX[STORE.get(row['component'], 'cold-1')]}{number}"
            if self.centre.call("operator", "POST", "/scans/pack", {"box": box, **scans(row["id"])}).accepted:
                return

    def _from_packed(self, row: dict[str, Any]) -> None:
        box = str(row["place"]).removeprefix("box/")
        inside = [bag for (bag,) in self.centre.rows("SELECT id FROM bag WHERE place = ?", str(row["place"]))]
        closing = {"box": box, "coolant_ok": True, "logger_started": True}
        self.centre.call("operator", "POST", "/scans/pack/close", closing)
        items = [scans(bag) for bag in inside]
        self.centre.call("operator", "POST", "/scans/box-check", {"box": box, "items": items})
        for shipment in self._shipments_with(row["id"]):
            body = {"shipment": shipment["id"], "items": [scans(one["bag"]) for one in shipment["bags"]]}
            self.centre.call("operator", "POST", "/scans/let-go", body)

    def _shipments_with(self, bag: str) -> list[dict[str, Any]]:
        found = self.centre.call("operator", "GET", "/shipments").body["items"]
        return [shipment for shipment in found if any(one["bag"] == bag for one in shipment["bags"])]

    def _from_in_transit(self, row: dict[str, Any]) -> None:
        self.centre.step(1800)
        for shipment in self._shipments_with(row["id"]):
            body = {"bags": [row["id"]], "temperature_ok": True, "visual_ok": True}
            self.centre.call(HOSPITAL, "POST", f"/shipments/{shipment['id']}/receive", body)

    def _from_missing(self, row: dict[str, Any]) -> None:
        self.put_away(row["id"])

    def _from_returned_pending(self, row: dict[str, Any]) -> None:
        for (number,) in self.centre.rows("SELECT hospital_return FROM returned_bag WHERE bag = ?", row["id"]):
            body = {"bag": row["id"], "verdict": "restock", "comment": "cold and clear"}
            self.centre.call("quality", "POST", f"/returns/{number}/decide", body)

    def operate(self, operation: str, bags: list[str], **more: Any) -> None:
        """An operation by hand with a record in which every measure is as it should be."""
        found = self.centre.call("operator", "GET", "/operations").body["items"]
        limits = {limit["name"]: limit for one in found if one["operation"] == operation for limit in one["measures"]}
        measures = [{"name": name, "value": _good(limit), "unit": limit["unit"]} for name, limit in limits.items()]
        body = {"operation": operation, "bags": [scans(bag) for bag in bags], "measures": measures, **more}
        self.centre.call("operator", "POST", "/operations", body)


def _good(limit: dict[str, Any]) -> float:
    low, high = limit["min"], limit["max"]
    if low is None or high is None:
        return float(high if low is None else low)
    return float(low + high) / 2
