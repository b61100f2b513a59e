"""Places by what a caller says: one box for names, junctions, postcodes, degrees and grid references."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.desk import AtDesk, answer, describes, position_of
from api.problems import Problem
from api.schemas import PlaceQuery, Sayable
from maps.placebook import LONGEST_TEXT, PlaceAnswer

router = APIRouter(prefix="/v1", tags=["places"])

Text = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_TEXT,
        description="`High St`, `High St / Mill Lane`, `M6 J10`, `52.48, -1.9`, `SP 067 868`, a postcode",
    ),
    Sayable,
]


@router.get("/places", **describes(PlaceAnswer))
def places(
    desk: AtDesk,
    q: Annotated[Text, Query()],
    near: Annotated[PlaceQuery | None, Query(description="LAT,LON: of equal matches the nearest comes first")] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> Response:
    """Where that may be, the best match first: typing errors, abbreviations and accents are forgiven."""
    book = desk.system.places
    if book is None:
        raise Problem(404, "no places are known to this system", code="no_places")
    return answer(book.find(q, near=position_of(near) if near else None, limit=limit))
