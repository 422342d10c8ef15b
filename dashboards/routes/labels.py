"""The label queue, and the label of a bag to print."""

from __future__ import annotations

from fastapi import Response

from dashboards.auth import Floor, Staff
from dashboards.context import HouseOf
from dashboards.declare import router
from dashboards.schemas import labels as schemas
from wms.labelling.pdf import label_pdf
from wms.labelling.read import label_to_print, labels
from wms.labelling.zpl import label_zpl

routes = router("labels")
PDF = "application/pdf"
ZPL = "application/zpl"


@routes.get("/labels")
async def list_labels(who: Staff, house: HouseOf, state: schemas.LabelState | None = None) -> schemas.LabelList:
    """Labels in one state, or all: bags that wait for one first, then newest first."""
    del who
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    wanted = None if state is None else state.value
    found = await house.read(lambda conn: labels(conn, plant, now, state=wanted))
    return schemas.LabelList(items=[schemas.Label.model_validate(label) for label in found])


@routes.get("/bags/{bag_id}/label.pdf", response_class=Response, responses={200: {"content": {PDF: {}}}})
async def print_label(bag_id: str, who: Floor, house: HouseOf) -> Response:
    """The label as a page of 100 x 100 mm, for a person to print and apply; refused while it cannot say everything."""
    del who
    content = await house.read(lambda conn: label_to_print(conn, house.warehouse.plant, bag_id))
    return Response(label_pdf(content), media_type=PDF)


@routes.get("/bags/{bag_id}/label.zpl", response_class=Response, responses={200: {"content": {ZPL: {}}}})
async def print_label_zpl(bag_id: str, who: Floor, house: HouseOf) -> Response:
    """The label in the language of label printers."""
    del who
    content = await house.read(lambda conn: label_to_print(conn, house.warehouse.plant, bag_id))
    return Response(label_zpl(content), media_type=ZPL)
