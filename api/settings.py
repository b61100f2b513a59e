"""What a site may set: one TOML file, overridden by `ARLS_...__...` environment variables.

It decides the names, the units and the defaults; docs/settings.md lists every one of them. An unknown name is refused
at every depth, since a misspelt setting is a setting that is not made.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import Field, HttpUrl, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from api.area_settings import AreaSettings, DeskSettings
from api.base_layers import MapSettings
from api.listen import LimitSettings, Listen, MqttListen, PollingSettings, Section, TlsFiles
from api.out import Outs  # noqa: TC001 - pydantic reads it
from arls.catalogue import read_catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIX = "ARLS_"
# Where the tests and benches find real extracts.
_NOT_OURS = {"ARLS_SHARED_DATA"}


# Who may decide against a rule of the house; who may authorise firearms: tactical and strategic commander.
Role = Literal["supervisor", "tfc", "sfc"]


class SettingsError(Exception):
    """A setting is wrong; the text is one sentence that names it and what it may be."""


class HttpSettings(Section):
    """Where the screen and the API are served."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65_535, description="0: any free port")


class BrokerSettings(TlsFiles):
    """The MQTT broker; with no host ARLS starts a private one for itself."""

    host: str | None = None
    port: int = Field(default=1883, ge=1, le=65_535)
    username: str | None = None
    password: SecretStr | None = None


class JournalSettings(Section):
    """Where the record is kept."""

    data: Path = Field(default=Path("arls-data"), description="folder of journal.sqlite")


class RoadsSettings(Section):
    """The road network, as `arls roads build` wrote it."""

    network: Path | None = None


class PictureSettings(Section):
    """How the live picture is indexed."""

    index: Literal["grid", "rtree"] = "grid"


class CallerSettings(Section):
    """Where callers are."""

    forget_after_min: float = Field(default=15.0, gt=0, le=1440, description="calls that no incident came of")
    asked_by: str = Field(default="The control room", min_length=1, max_length=80, description="of a location link")
    public_url: HttpUrl | None = Field(
        default=None, description="where callers' phones reach us; None: as the desk does"
    )


class GeofenceSettings(Section):
    """Whether a unit's position alone says that it has arrived."""

    enabled: bool = True
    urban_m: float = Field(default=75.0, gt=0, le=2_000, description="of the place, or its RVP")
    rural_m: float = Field(default=150.0, gt=0, le=2_000, description="where the area files say that it is rural")


class PolicySettings(Section):
    """What the force promises."""

    packs: tuple[str, ...] = Field(default=("generic",), min_length=1, description="names or files of policies")


class StatesSettings(Section):
    """What the codes of its radios mean."""

    pack: str = Field(default="uk-national", description="name or file of a pack of state codes")


class AskingSettings(Section):
    """Whether radios are asked where they are when an incident is made or moved, and how often."""

    enabled: bool = Field(default=False, description="sending to live radios needs the network owner's consent")
    per_min: int = Field(default=100, ge=2, le=10_000, description="messages by each gateway: requests and answers")
    emergency_share: float = Field(default=0.2, ge=0, lt=1, description="of these, never used for incidents")
    radios: int = Field(default=6, ge=1, le=50, description="asked for one incident, at most")
    least_s: float = Field(default=2.0, gt=0, le=600, description="that an answer must be expected to save")
    fresh_s: float = Field(default=10.0, ge=0, le=600, description="a position no older is not asked for")
    again_after_s: float = Field(default=30.0, ge=0, le=3_600, description="one radio is asked no sooner again")
    answer_within_s: float = Field(default=20.0, ge=1, le=600, description="later than that a gateway asks no more")


class PlansSettings(Section):
    """What must be sent to what."""

    pack: str = Field(default="generic", description="name or file of a pack of response plans")


class UnitsSettings(Section):
    """What units are called, can do, and do at the end of a shift."""

    catalogue: str | None = Field(default=None, description="by name or path; none: any word is a capability")
    callsign_pattern: str | None = Field(default=None, max_length=200, description="a regular expression")
    end_of_shift: Literal["ask", "off_duty"] = Field(default="ask", description="for who is free then")

    @field_validator("catalogue")
    @classmethod
    def _can_be_read(cls, name: str | None) -> str | None:
        if name is not None:
            read_catalogue(name)
        return name

    @field_validator("callsign_pattern")
    @classmethod
    def _is_a_pattern(cls, text: str | None) -> str | None:
        try:
            re.compile(text or "")
        except re.error as error:
            raise ValueError(f"{text} is no regular expression: {error}") from None
        return text


class GatewaySettings(Section):
    """What `arls gateway run` listens to."""

    name: str = Field(default="gw1", min_length=1, max_length=64)
    host: str = "127.0.0.1"
    listen: tuple[Listen, ...] = (MqttListen(over="mqtt"),)
    secrets: dict[str, dict[str, SecretStr]] = Field(default_factory=dict, description="dialect to account to secret")
    secrets_file: Path | None = Field(default=None, description="TOML of the same shape, beside `secrets`")
    caller_key: SecretStr | None = Field(default=None, description="makes the id of a call of who calls")
    limits: LimitSettings = LimitSettings()
    polling: PollingSettings = PollingSettings()
    spool_mb: float = Field(default=100.0, gt=0, description="cargo on the disk, at most")
    spool_hours: float = Field(default=24.0, gt=0, description="how long cargo is kept, at most")
    replay_per_s: float = Field(default=200.0, gt=0, description="old publications sent, at most")
    expected_s: dict[str, Annotated[float, Field(ge=0, le=86_400)]] = Field(
        default_factory=dict, description="device or scheme to its interval; 0: it may be silent"
    )
    require_clock: bool = Field(default=False, description="no start while the kernel's clock is not synchronised")


class Settings(BaseSettings):
    """Everything a site may set."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    force: str = Field(default="demo", pattern=r"^[a-z0-9-]{1,32}$", description="tenant name in the MQTT topics")
    http: HttpSettings = HttpSettings()
    broker: BrokerSettings = BrokerSettings()
    journal: JournalSettings = JournalSettings()
    roads: RoadsSettings = RoadsSettings()
    picture: PictureSettings = PictureSettings()
    callers: CallerSettings = CallerSettings()
    geofence: GeofenceSettings = GeofenceSettings()
    map: MapSettings = MapSettings()
    policy: PolicySettings = PolicySettings()
    states: StatesSettings = StatesSettings()
    plans: PlansSettings = PlansSettings()
    polling: AskingSettings = AskingSettings()
    areas: AreaSettings = AreaSettings()
    desks: tuple[DeskSettings, ...] = Field(default=(), description="which desk answers for which areas and roads")
    units: UnitsSettings = UnitsSettings()
    gateway: GatewaySettings = GatewaySettings()
    out: Outs = Field(default=(), description="who outside is told of units and incidents")
    tokens: dict[str, SecretStr] = Field(default_factory=dict, description="operator name to bearer token")
    operators: dict[str, tuple[Role, ...]] = Field(
        default_factory=dict, description="operator name to roles; none named: every operator has all of them"
    )

    def roles_of(self, operator: str) -> tuple[Role, ...]:
        """What an operator may decide beyond what every dispatcher may."""
        return self.operators.get(operator, ()) if self.operators else get_args(Role)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings


def read_settings(file: Path | None) -> Settings:
    """The settings of `file` (None: defaults) with the environment over them. Raises SettingsError."""
    _refuse_misspelt(os.environ)
    return settings_of(_table_of(file) if file else {}, where=str(file) if file else "the environment")


def settings_of(table: dict[str, Any], *, where: str) -> Settings:
    """The settings of a table as read from `where`. Raises SettingsError."""
    try:
        return Settings(**table)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"])) or "a setting"
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise SettingsError(f"{where}: {name}: {_said(first['msg'])}{more}; see docs/settings.md") from None


def _refuse_misspelt(environment: Mapping[str, str]) -> None:
    # pydantic-settings looks for the names it knows and never sees one that it does not.
    known = {f"{_PREFIX}{name}".upper() for name in Settings.model_fields} | _NOT_OURS
    for name in environment:
        if name.upper().startswith(_PREFIX) and name.upper().split("__")[0] not in known:
            raise SettingsError(f"the environment: {name}: there is no such setting; see docs/settings.md")


def _table_of(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read {file}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is not TOML: {error}") from None


def _said(message: str) -> str:
    return "there is no such setting" if "Extra inputs" in message else message[:1].lower() + message[1:]
