"""The scenes of the tour in their order, up to the button; `killing` is the last one.

Each does something to the system as a person would, waits until the system says that it is so, and shows what it says.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING, Any

from api.tour.desk import TourError
from api.tour.lip import fields_of, user_data_of
from api.tour.places import find_closure
from api.tour.play import OPPOSITE, driving, place_of
from api.tour.words import flown, listed, metres, minutes
from gateways.simulator.crew import Crew

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.tour.play import Play

    Json = Mapping[str, Any]

_SOON_S, _OVER_A_RADIO_S = 10.0, 20.0
# A terminal has as long as the policy says; that the desk is told takes a second more.
_ANSWERS_WITHIN_S = 90.0
# What those near the scene are busy with, as their radios say it: not deployable, prisoner escort, court.
_BUSY = (8, 9, 10)
# Who would be there before the scene's second car, or hardly later, is busy.
_CLEAR_S = 25.0
# So many are listed of an order, and of those left out.
_TOP, _LISTED = 3, 5


def on_the_air(play: Play) -> None:
    """Everybody reports."""
    units = play.desk.units().values()
    dialects = sorted({unit["properties"]["protocol"] for unit in units if unit["properties"]["protocol"]})
    (gateway,) = play.desk.get("status")["gateways"]
    play.director.say(
        "A force on the air",
        "Officers of a made-up county are on duty. Each has a radio, a modem or a phone that reports in its own "
        "dialect, over a real wire, to a gateway; from there over a broker to the engine. "
        "Every number in these captions is read from the system when it is shown.",
        ("On duty", f"{len(units)} units"),
        ("They speak", ", ".join(dialects)),
        ("Journalled so far", f"{gateway['seq']:,} publications of gateway {gateway['gateway']}"),
    )
    play.director.hold()


def a_radio_speaks(play: Play) -> None:
    """One radio is switched on; its first report is taken apart."""
    play.force.tell(OPPOSITE, lambda crew: crew.switch(radio=True))
    until = play.director.until
    said = until(lambda: play.overheard.get(OPPOSITE), f"{OPPOSITE} says nothing", within_s=_SOON_S)
    until(lambda: _row(play, OPPOSITE)["geometry"], f"{OPPOSITE} is not seen", within_s=_OVER_A_RADIO_S)
    digits, row = user_data_of(said), _row(play, OPPOSITE)["properties"]
    play.director.say(
        "A radio speaks",
        f"{OPPOSITE} switches its TETRA radio on. What it sent are these bits, which say no more than this; "
        f"{OPPOSITE} is on the map, by {row['source']}, {row['fix_age_s']:.0f} s after its fix.",
        ("On the wire", digits),
        *fields_of(digits),
        unit=OPPOSITE,
    )
    play.director.hold()


def a_robbery(play: Play) -> None:
    """Near as the crow flies is not near."""
    goal = play.scene.goal
    _clear_the_way(play)
    body = {"lat": goal.lat, "lon": goal.lon, "grade": "1", "type": "robbery", "text": "Robbery, a knife was shown"}
    play.incident = play.desk.post("incidents", body)["id"]
    ranking = play.desk.ranking(play.incident)
    cars = driving(ranking)
    by_crow = sorted(cars, key=lambda one: one["straight_line_m"])
    near, first = by_crow[0], ranking["candidates"][0]
    later_s = near["eta_s"]["mid"] - first["eta_s"]["mid"]
    play.director.say(
        "A robbery across the river",
        f"Robbery, {ranking['place'] or 'off the road'}. As the crow flies {near['callsign']} is the nearest car: "
        f"{metres(near['straight_line_m'])}. But the river is between them, and by road it is "
        f"{metres(near['distance_m'])}: {minutes(near['eta_s']['mid'])}. {first['callsign']}, "
        f"{metres(first['straight_line_m'])} away, is there in {minutes(first['eta_s']['mid'])}, "
        f"{minutes(later_s)} sooner.",
        ("By crow-flies", flown(by_crow[:_TOP])),
        ("By road", listed(ranking["candidates"][:_TOP])),
        ("Verdict", ranking["verdict_text"]),
        incident=play.incident,
    )
    play.director.hold()


def left_out(play: Play) -> None:
    """Every unit that is not offered has its reason."""
    ranking = play.desk.ranking(play.incident)
    out, ranked = ranking["exclusions"], len(ranking["candidates"])
    rows = {row["callsign"]: _left_out(play, row) for row in out[:_LISTED]}
    play.director.say(
        "Who is left out, and why",
        f"Nobody is hidden: of {len(out) + ranked} units {ranked} are ranked and {len(out)} excluded, each with its "
        f"reason. The first of those ranked is there in {minutes(ranking['candidates'][0]['eta_s']['mid'])}.",
        *rows.items(),
        incident=play.incident,
        panel="excluded",
    )
    play.director.hold()


def a_road_is_shut(play: Play) -> None:
    """The first one's road."""
    before = play.desk.ranking(play.incident)
    units = play.desk.units()
    # Who walks or takes another way is not moved by it: whoever drives is enough to choose a road by.
    stands = {one["callsign"]: place_of(units[one["callsign"]]) for one in driving(before)[:6]}
    stretch = find_closure(play.roads, play.scene.goal, stands)
    if stretch is None:
        raise TourError("no road can be shut here so that the order changes")
    line = {"type": "LineString", "coordinates": [[at.lon, at.lat] for at in stretch.line]}
    reason = {"name": stretch.street, "reason": "burst water main"}
    closure = play.desk.post("closures", {"geometry": line, **reason})
    after = play.desk.ranking(play.incident)
    said = [change["text"] for change in closure["changed"] if change["incident"] == play.incident]
    was = before["candidates"][0]
    now = next((one for one in after["candidates"] if one["callsign"] == was["callsign"]), None)
    if now is None:
        raise TourError(f"{was['callsign']} was cut off by {stretch.street}")
    first = after["candidates"][0]
    play.director.say(
        "A road is shut",
        f"{', '.join(closure['streets'])}: {metres(closure['length_m'])} of road shut, {closure['reason']}. The way of "
        f"{was['callsign']} led there: {minutes(was['eta_s']['mid'])} became {minutes(now['eta_s']['mid'])}. "
        f"{first['callsign']} is first now, in {minutes(first['eta_s']['mid'])}. The server names the effect: "
        f"{'; '.join(said) or 'nobody moved'}.",
        ("Before", listed(before["candidates"][:_TOP])),
        ("After", listed(after["candidates"][:_TOP])),
        incident=play.incident,
    )
    play.director.hold()


def no_answer(play: Play) -> None:
    """A terminal at which nobody looks."""
    first = play.desk.ranking(play.incident)["candidates"][0]
    play.sent = first["callsign"]
    play.force.tell(play.sent, Crew.leave_terminal)
    play.director.wait(1.0)  # it has heard that before the deployment comes
    words = {"callsign": play.sent, "reason": "nearest by road"}
    made = play.desk.post(f"incidents/{play.incident}/assignments", words)
    play.assignment = made["id"]
    due_s = (datetime.fromisoformat(made["answer_due_at"]) - _at(made["steps"][0])).total_seconds()
    play.director.say(
        "Sent in silence",
        f"{play.sent} is reserved at once, for every desk, and its terminal is told where, what and by which way: "
        f"nothing is said on the air. Its crew has {minutes(due_s)} to answer. This crew looks elsewhere.",
        ("Assignment", f"{made['id']} of {play.sent}: {made['state']}"),
        incident=play.incident,
    )
    unanswered = play.director.until(
        lambda: _step(play, "unanswered"), f"{play.sent} was to be unanswered", within_s=_ANSWERS_WITHIN_S
    )
    waited_s = (_at(unanswered) - _at(_step(play, "reserved"))).total_seconds()
    log = play.desk.get(f"incidents/{play.incident}")["log"]
    play.director.say(
        "No answer",
        f"After {minutes(waited_s)} without an answer the desk hears of it, and the log of the incident says so. "
        "An assignment counts as accepted only when somebody has accepted it.",
        ("In the log", log[-1]["text"]),
        incident=play.incident,
    )
    play.director.hold()


def by_voice(play: Play) -> None:
    """The desk calls, and enters what was said."""
    play.desk.post(f"assignments/{play.assignment}/accept", {"via": "voice"})
    play.force.tell(play.sent, lambda crew: crew.go(play.scene.goal))
    play.director.until(lambda: _step(play, "en_route"), f"{play.sent} was to set off", within_s=_OVER_A_RADIO_S)
    steps = play.desk.assignment(play.incident, play.assignment)["steps"]
    play.director.say(
        "Accepted by voice",
        f"The desk calls {play.sent}, and enters what it hears: accepted, by voice. {play.sent} drives, and its radio "
        "says so by its state code. How each step became known stands beside it.",
        *((_read(step["state"]), f"{_at(step):%H:%M:%S} UTC, by {_read(step['via'])}") for step in steps),
        incident=play.incident,
    )
    play.director.hold()


def the_button(play: Play) -> None:
    """An officer on foot presses the emergency button."""
    walkers = [one for one in play.desk.ranking(play.incident)["candidates"] if one["profile"] == "foot"]
    play.officer = min(walkers, key=lambda one: one["straight_line_m"])["callsign"]
    play.force.tell(play.officer, Crew.need_help)
    play.director.until(
        lambda: _row(play, play.officer)["properties"]["emergency"], f"{play.officer} pressed", within_s=_OVER_A_RADIO_S
    )
    told = play.desk.get(f"units/{play.officer}/help", k=_TOP + 1)
    emergency = told["emergency"]
    helpers = [one for one in told["ranking"]["candidates"] if one["callsign"] != play.officer][:_TOP]
    play.director.say(
        "An officer presses the button",
        f"{play.officer}, on foot, pressed the emergency button of {emergency['source']}. Every screen alarms, and the "
        f"nearest help is ranked to the officer: {helpers[0]['callsign']} can be there in "
        f"{minutes(helpers[0]['eta_s']['mid'])}. {told['said']}.",
        ("Nearest help", listed(helpers)),
        ("Before that", emergency["before"] or "unknown"),
        unit=play.officer,
    )
    play.director.hold()


def _clear_the_way(play: Play) -> None:
    """Whoever would come before the scene's cars says by radio that it is busy."""
    goal = play.scene.goal
    candidates = play.desk.post("nearest", {"lat": goal.lat, "lon": goal.lon})["candidates"]
    ours = {member.unit.callsign for member in play.cast}
    latest_s = max(one["eta_s"]["mid"] for one in candidates if one["callsign"] in ours - {OPPOSITE}) + _CLEAR_S
    others = [one for one in driving({"candidates": candidates}) if one["callsign"] not in ours]
    near = [one for one in others if one["eta_s"]["mid"] < latest_s]
    near += [one for one in others if one not in near][: max(0, _LISTED - len(near))]
    play.busy = {one["callsign"]: one["eta_s"]["mid"] for one in near}
    for callsign, code in zip(play.busy, cycle(_BUSY), strict=False):
        play.force.tell(callsign, partial(_say, code=code))
    play.director.until(
        lambda: all(_row(play, name)["properties"]["state"]["code"] in _BUSY for name in play.busy),
        "those near the scene were to say that they are busy",
        within_s=_OVER_A_RADIO_S,
    )


def _left_out(play: Play, row: Json) -> str:
    """The reason, and how far away it was when its radio had not said so yet."""
    before_s = play.busy.get(row["callsign"])
    return row["reason"] if before_s is None else f"{row['reason']}; was {minutes(before_s)} away"


def _say(crew: Crew, code: int) -> None:
    crew.say(code)


def _read(word: str) -> str:
    return word.replace("_", " ")


def _row(play: Play, callsign: str) -> Json:
    return play.desk.units()[callsign]


def _step(play: Play, state: str) -> Json | None:
    steps = play.desk.assignment(play.incident, play.assignment)["steps"]
    return next((step for step in steps if step["state"] == state), None)


def _at(step: Json | None) -> datetime:
    if step is None:
        raise TourError("a step of the assignment is missing")
    return datetime.fromisoformat(step["at"])
