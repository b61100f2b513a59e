"""`arls serve`: a force's own ARLS, by its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import SecretStr

from api.made_tokens import made_tokens
from api.networks import find_ground
from api.settings import SettingsError, read_settings
from api.wiring import serve, system_running, write_ready_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_OPERATOR = "operator"


def run_serve(config: Path | None, ready_file: Path | None, *, say: Callable[[str], None]) -> None:
    """Start everything that the settings name, serve until stopped, stop everything.

    Raises SettingsError where no network is set. With no operator set, one with a token of its own is made up.
    """
    settings = read_settings(config)
    if settings.roads.network is None:
        raise SettingsError(
            "roads.network is not set: build one with `arls roads build EXTRACT --out DIR` and set it to DIR"
        )
    if not settings.tokens:
        made = made_tokens(settings.journal.data, (_OPERATOR,))
        settings = settings.model_copy(update={"tokens": {name: SecretStr(token) for name, token in made.items()}})
    operator, token = next(iter(settings.tokens.items()))
    ground = find_ground(settings.roads.network, progress=lambda _step, _done: None)
    with system_running(settings, ground) as system:

        def ready(url: str) -> None:
            screen_url = f"{url}/?ticket={system.keyring.mint_ticket(operator)}"
            if ready_file is not None:
                broker = {"host": system.broker.host, "port": system.broker.port}
                facts = {"url": url, "token": token.get_secret_value(), "screen_url": screen_url}
                write_ready_file(ready_file, facts | {"broker": broker, "data": str(settings.journal.data)})
            say(f"[bold]ARLS is up.[/] Open the screen (this link works once): {screen_url}")
            say(f"Broker: {system.broker.host}:{system.broker.port} ({system.labels.broker})")

        serve(system, on_ready=ready)
