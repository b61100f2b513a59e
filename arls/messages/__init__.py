"""Every command and every event: the whole vocabulary in one folder, a page a subject.

A command asks, in the imperative; an event happened, in the past tense. Each carries `at`, stamped at the door in
UTC, and who: operator and desk. Replay folds events and never decides again.
"""

from arls.messages.appointments import AppointmentMade, IncidentReleased, MakeAppointment, ReleaseDue, ReleaseIncident
from arls.messages.asks import AnswerAsk, AskAnswered, AskRaised
from arls.messages.assignments import (
    Advance,
    Assign,
    AssignmentAdvanced,
    AssignmentExplained,
    AssignSet,
    DeploymentEscalated,
    DeploymentUnanswered,
    ExplainAssignment,
    IncidentAbandoned,
    LeavingNoticed,
    NoteLeaving,
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
from arls.messages.control import (
    AuthoriseFirearms,
    AuthorityWithdrawn,
    CommandHandedOver,
    FirearmsAuthorised,
    HandOver,
    HandOverCommand,
    HandOverMoved,
    RvpSet,
    SetRvp,
    WithdrawAuthority,
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
from arls.messages.operations import (
    EndOperation,
    IncidentPutToOperation,
    OperationPlanned,
    OperationTurned,
    PlanOperation,
    PutToOperation,
    ReleaseUnits,
    RingUnits,
    TurnOperations,
    UnitsReleased,
    UnitsRinged,
)
from arls.messages.packs import AdoptPacks, PacksAdopted
from arls.messages.plans import PlanSet, SetPlan
from arls.messages.polls import NoteRadiosAsked, RadiosAsked
from arls.messages.record import CommandRefused, NoteRanking, RankingShown
from arls.messages.said import Said, Via
from arls.messages.talk_groups import TalkGroupSuggested
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
    NoteMisfits,
    PairingDoubted,
    PairingTrusted,
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
    "AppointmentMade",
    "AskAnswered",
    "AskMoreUnits",
    "AskRaised",
    "Assign",
    "AssignSet",
    "AssignmentAdvanced",
    "AssignmentExplained",
    "AuthoriseFirearms",
    "AuthorityWithdrawn",
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
    "CommandHandedOver",
    "CommandRefused",
    "CreateIncident",
    "CrewTurned",
    "DeploymentEscalated",
    "DeploymentUnanswered",
    "DevicePaired",
    "DeviceUnpaired",
    "EmergencyCancelled",
    "EmergencyRaised",
    "EndOperation",
    "Event",
    "ExplainAssignment",
    "FirearmsAuthorised",
    "FixBatch",
    "FixesRecorded",
    "ForgetCallers",
    "HandOver",
    "HandOverCommand",
    "HandOverMoved",
    "IncidentAbandoned",
    "IncidentChanged",
    "IncidentClosed",
    "IncidentCreated",
    "IncidentEscalated",
    "IncidentLogged",
    "IncidentPutToOperation",
    "IncidentReleased",
    "LeavingNoticed",
    "LiftClosure",
    "LocateCaller",
    "LogIncident",
    "MakeAppointment",
    "MoreUnitsAsked",
    "MoreUnitsWithdrawn",
    "MoveUnits",
    "NoteLeaving",
    "NoteMisfits",
    "NoteRadiosAsked",
    "NoteRanking",
    "NoteReordering",
    "NoteWarningsRead",
    "OperationPlanned",
    "OperationTurned",
    "PacksAdopted",
    "PairingDoubted",
    "PairingTrusted",
    "PlanOperation",
    "PlanSet",
    "Publication",
    "PutToOperation",
    "PutUnit",
    "RadioEvent",
    "RadiosAsked",
    "RankingShown",
    "RankingsReordered",
    "RecordFixes",
    "Reject",
    "ReleaseDue",
    "ReleaseIncident",
    "ReleaseUnits",
    "RingUnits",
    "RoadsClosed",
    "RvpSet",
    "Said",
    "SetPlan",
    "SetRvp",
    "SetState",
    "ShiftBooked",
    "ShiftEnded",
    "StateSet",
    "TakeCad",
    "TalkGroupSuggested",
    "TurnAssignments",
    "TurnClosures",
    "TurnCrews",
    "TurnOperations",
    "UnitAssigned",
    "UnitDiverted",
    "UnitMoved",
    "UnitPut",
    "UnitsReleased",
    "UnitsRinged",
    "Via",
    "WarnOfBreaches",
    "WarningsRead",
    "WithdrawAuthority",
    "WithdrawMoreUnits",
]

Command = (
    PutUnit
    | SetState
    | BookOn
    | BookOff
    | TurnCrews
    | MoveUnits
    | NoteMisfits
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
    | ExplainAssignment
    | NoteWarningsRead
    | TurnAssignments
    | NoteLeaving
    | MakeAppointment
    | ReleaseIncident
    | ReleaseDue
    | PlanOperation
    | RingUnits
    | ReleaseUnits
    | EndOperation
    | TurnOperations
    | PutToOperation
    | SetRvp
    | AuthoriseFirearms
    | WithdrawAuthority
    | HandOverCommand
    | HandOver
    | CloseRoads
    | LiftClosure
    | TurnClosures
    | NoteReordering
    | NoteRadiosAsked
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
    | PairingDoubted
    | PairingTrusted
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
    | AssignmentExplained
    | WarningsRead
    | IncidentAbandoned
    | DeploymentUnanswered
    | DeploymentEscalated
    | LeavingNoticed
    | AppointmentMade
    | IncidentReleased
    | TalkGroupSuggested
    | OperationPlanned
    | UnitsRinged
    | UnitsReleased
    | OperationTurned
    | IncidentPutToOperation
    | RvpSet
    | FirearmsAuthorised
    | AuthorityWithdrawn
    | CommandHandedOver
    | HandOverMoved
    | RoadsClosed
    | ClosureLifted
    | ClosureTurned
    | RankingsReordered
    | RadiosAsked
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
