"""Every command and every event: the whole vocabulary in one folder, a page a subject.

A command asks, in the imperative; an event happened, in the past tense. Each carries `at`, stamped at the door in
UTC, and who: operator and desk. Replay folds events and never decides again.
"""

from arls.messages.asks import AnswerAsk, AskAnswered, AskRaised
from arls.messages.assignments import (
    Advance,
    Assign,
    AssignmentAdvanced,
    AssignSet,
    DeploymentEscalated,
    DeploymentUnanswered,
    IncidentAbandoned,
    TurnAssignments,
    UnitAssigned,
    UnitDiverted,
)
from arls.messages.backlog import (
    AskMoreUnits,
    BreachWarned,
    IncidentEscalated,
    MoreUnitsAsked,
    MoreUnitsWithdrawn,
    WarnOfBreaches,
    WithdrawMoreUnits,
)
from arls.messages.cad import CadTaken, TakeCad
from arls.messages.calls import CallerLocated, CallersForgotten, ForgetCallers, LocateCaller
from arls.messages.closures import (
    CloseRoads,
    ClosureLifted,
    ClosureTurned,
    LiftClosure,
    NoteReordering,
    RankingsReordered,
    RoadsClosed,
    TurnClosures,
)
from arls.messages.fixes import FixBatch, FixesRecorded, Publication, RadioEvent, RecordFixes, Reject
from arls.messages.incidents import (
    ChangeIncident,
    CloseIncident,
    CreateIncident,
    IncidentChanged,
    IncidentClosed,
    IncidentCreated,
    IncidentLogged,
    LogIncident,
)
from arls.messages.packs import AdoptPacks, PacksAdopted
from arls.messages.plans import PlanSet, SetPlan
from arls.messages.record import CommandRefused, NoteRanking, RankingShown
from arls.messages.said import Said, Via
from arls.messages.units import (
    BookingEnded,
    BookingPlanned,
    BookOff,
    BookOn,
    CancelEmergency,
    CrewTurned,
    DevicePaired,
    DeviceUnpaired,
    EmergencyCancelled,
    EmergencyRaised,
    MoveUnits,
    PutUnit,
    SetState,
    ShiftBooked,
    ShiftEnded,
    StateSet,
    TurnCrews,
    UnitMoved,
    UnitPut,
)
from arls.messages.warnings import NoteWarningsRead, WarningsRead

__all__ = [
    "AdoptPacks",
    "Advance",
    "AnswerAsk",
    "AskAnswered",
    "AskMoreUnits",
    "AskRaised",
    "Assign",
    "AssignSet",
    "AssignmentAdvanced",
    "BookOff",
    "BookOn",
    "BookingEnded",
    "BookingPlanned",
    "BreachWarned",
    "CadTaken",
    "CallerLocated",
    "CallersForgotten",
    "CancelEmergency",
    "ChangeIncident",
    "CloseIncident",
    "CloseRoads",
    "ClosureLifted",
    "ClosureTurned",
    "Command",
    "CommandRefused",
    "CreateIncident",
    "CrewTurned",
    "DeploymentEscalated",
    "DeploymentUnanswered",
    "DevicePaired",
    "DeviceUnpaired",
    "EmergencyCancelled",
    "EmergencyRaised",
    "Event",
    "FixBatch",
    "FixesRecorded",
    "ForgetCallers",
    "IncidentAbandoned",
    "IncidentChanged",
    "IncidentClosed",
    "IncidentCreated",
    "IncidentEscalated",
    "IncidentLogged",
    "LiftClosure",
    "LocateCaller",
    "LogIncident",
    "MoreUnitsAsked",
    "MoreUnitsWithdrawn",
    "MoveUnits",
    "NoteRanking",
    "NoteReordering",
    "NoteWarningsRead",
    "PacksAdopted",
    "PlanSet",
    "Publication",
    "PutUnit",
    "RadioEvent",
    "RankingShown",
    "RankingsReordered",
    "RecordFixes",
    "Reject",
    "RoadsClosed",
    "Said",
    "SetPlan",
    "SetState",
    "ShiftBooked",
    "ShiftEnded",
    "StateSet",
    "TakeCad",
    "TurnAssignments",
    "TurnClosures",
    "TurnCrews",
    "UnitAssigned",
    "UnitDiverted",
    "UnitMoved",
    "UnitPut",
    "Via",
    "WarnOfBreaches",
    "WarningsRead",
    "WithdrawMoreUnits",
]

Command = (
    PutUnit
    | SetState
    | BookOn
    | BookOff
    | TurnCrews
    | MoveUnits
    | CancelEmergency
    | RecordFixes
    | RadioEvent
    | LocateCaller
    | ForgetCallers
    | CreateIncident
    | LogIncident
    | ChangeIncident
    | CloseIncident
    | TakeCad
    | SetPlan
    | Assign
    | AssignSet
    | Advance
    | NoteWarningsRead
    | TurnAssignments
    | CloseRoads
    | LiftClosure
    | TurnClosures
    | NoteReordering
    | NoteRanking
    | AdoptPacks
    | AnswerAsk
    | AskMoreUnits
    | WithdrawMoreUnits
    | WarnOfBreaches
)

Event = (
    UnitPut
    | ShiftBooked
    | BookingPlanned
    | BookingEnded
    | CrewTurned
    | ShiftEnded
    | UnitMoved
    | DevicePaired
    | DeviceUnpaired
    | StateSet
    | EmergencyRaised
    | EmergencyCancelled
    | FixesRecorded
    | CallerLocated
    | CallersForgotten
    | IncidentCreated
    | IncidentLogged
    | IncidentChanged
    | IncidentClosed
    | CadTaken
    | PlanSet
    | UnitAssigned
    | UnitDiverted
    | AssignmentAdvanced
    | WarningsRead
    | IncidentAbandoned
    | DeploymentUnanswered
    | DeploymentEscalated
    | RoadsClosed
    | ClosureLifted
    | ClosureTurned
    | RankingsReordered
    | RankingShown
    | CommandRefused
    | PacksAdopted
    | AskRaised
    | AskAnswered
    | MoreUnitsAsked
    | MoreUnitsWithdrawn
    | BreachWarned
    | IncidentEscalated
)
