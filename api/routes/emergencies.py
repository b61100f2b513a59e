"""Officers who need help, and who can help them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.desk import AtDesk, answer, describes
from api.emergencies import EmergencyList, Help, emergencies_of, emergency_of, question_of, said_of
from api.problems import Problem
from api.routes.ranking import ranked
from api.schemas import CallsignInPath, K  # noqa: TC001 - FastAPI reads the annotations
from arls.unit import Callsign

router = APIRouter(prefix="/v1", tags=["emergencies"])

# Nobody reads the fortieth who could help.
_SHOWN = 20


@router.get("/emergencies", **describes(EmergencyList))
def emergencies(desk: AtDesk) -> Response:
    """Every officer who needs help, the longest first, with where each is believed to be."""
    return answer(EmergencyList(emergencies=emergencies_of(desk.known, desk.now())))


@router.get("/units/{callsign}/help", **describes(Help))
def help_for(desk: AtDesk, callsign: CallsignInPath, k: Annotated[K, Query()] = _SHOWN) -> Response:
    """Who can be with an officer in need of help first: by road to where the officer is believed to be."""
    known, at = desk.known, desk.now()
    name = Callsign(callsign)
    if name not in known.units:
        raise Problem(404, f"there is no unit {callsign}", code="no_unit")
    if name not in known.emergencies:
        raise Problem(404, f"{callsign} has no emergency: /v1/nearest ranks for any place", code="no_emergency")
    view = emergency_of(name, known, at)
    ranking = ranked(desk, question_of(view.believed, known, at, k))[0] if view.believed else None
    return answer(Help(emergency=view, ranking=ranking, said=said_of(view)))
