"""Every reason that a ranking can give: its code, and what it means. docs/ranking.md is drawn from these tables.

It decides the words for machines. The sentence for a dispatcher is made where the reason is found.
"""

from __future__ import annotations

from enum import StrEnum


class Bar(StrEnum):
    """Why a unit is no candidate."""

    OFF_DUTY = "off_duty"
    EMERGENCY = "emergency"
    ASSIGNED = "assigned"
    REFUSED = "refused"
    NO_STATE = "no_state"
    NOT_AVAILABLE = "not_available"
    RESTING = "resting"
    ROLE = "role"
    ROLE_HERE = "role_here"
    RING_FENCED = "ring_fenced"
    CAPABILITY = "capability"
    CREW = "crew"
    NO_DRIVER = "no_driver"
    NO_FIX = "no_fix"
    LOST = "lost"
    OLD_FIX = "fix_too_old"
    BY_WATER = "by_water"
    UNREACHABLE = "unreachable"
    CUT_OFF = "cut_off"


class Note(StrEnum):
    """What speaks for or against a candidate."""

    DIVERTS = "diverts"
    RELEASED = "released"
    NEIGHBOUR = "neighbour"
    FLIES = "flies"
    STRAIGHT_LINE = "straight_line"
    MOBILISE = "mobilise"
    OLD_FIX = "old_fix"
    SINGLE_CREWED = "single_crewed"
    NO_RESPONSE_DRIVE = "no_response_drive"
    SHIFT_OVER = "shift_over"
    SHIFT_END = "shift_end"
    BREAK_OVERDUE = "break_overdue"
    BREAK_DUE = "break_due"
    DETOUR = "detour"
    ON_FOOT = "on_foot"
    LEFT_VEHICLE = "left_vehicle"


BARS: dict[Bar, str] = {
    Bar.OFF_DUTY: "It is off duty.",
    Bar.EMERGENCY: "It has an emergency of its own.",
    Bar.ASSIGNED: "It is assigned here already, or elsewhere and the policy there does not let this grade have it.",
    Bar.REFUSED: "It refused this very incident; a dispatcher may ask it again all the same.",
    Bar.NO_STATE: "It never said what it is doing.",
    Bar.NOT_AVAILABLE: "Its state is one from which nobody is sent, or none that is known.",
    Bar.RESTING: "It is at refreshments, which the grade does not interrupt.",
    Bar.ROLE: "The policy sends nobody of its role to this grade; the sentence is the policy's.",
    Bar.ROLE_HERE: "Its role is not sent to this area alone; the sentence is the area's.",
    Bar.RING_FENCED: "It is held for an operation, which neither the grade opens nor the incident belongs to.",
    Bar.CAPABILITY: "It lacks what is required.",
    Bar.CREW: "Fewer are on board than the grade takes.",
    Bar.NO_DRIVER: "Nobody is on board, or nobody who may drive it.",
    Bar.NO_FIX: "It has no position that can be believed.",
    Bar.LOST: "It was last heard so long ago, for how often its radio reports, that it may be anywhere.",
    Bar.OLD_FIX: "Its position is older than the policy lets a grade rely on.",
    Bar.BY_WATER: "It goes by water, where no ETA is known.",
    Bar.UNREACHABLE: "No road leads there for it.",
    Bar.CUT_OFF: "Closures cut it off, which are named.",
}
NOTES: dict[Note, str] = {
    Note.DIVERTS: "It leaves another incident, which is named with its grade and with how many others stay there.",
    Note.RELEASED: "It is busy, and its own state says that it may be taken all the same.",
    Note.NEIGHBOUR: "It is a neighbour's, who is to be asked.",
    Note.FLIES: "It flies: so long to launch, or in the air.",
    Note.STRAIGHT_LINE: "No road is known there, so that the ETA is a guess.",
    Note.MOBILISE: "In its state it needs so long to get going; the ETA counts that.",
    Note.OLD_FIX: "Its position is older than its radio's usual interval.",
    Note.SINGLE_CREWED: "One person is on board.",
    Note.NO_RESPONSE_DRIVE: "Nobody on board may drive to a response; the ETA counts that.",
    Note.SHIFT_OVER: "Its shift is over.",
    Note.SHIFT_END: "Its shift ends before it is there, or soon after.",
    Note.BREAK_OVERDUE: "It should have had its break by now.",
    Note.BREAK_DUE: "Its break is due before it is there, or soon after.",
    Note.DETOUR: "It goes round closures, which are named, and is so much later.",
    Note.ON_FOOT: "A closure makes it walk the last metres.",
    Note.LEFT_VEHICLE: "Its officers have walked away from their vehicle and go on foot; how far back it is.",
}
