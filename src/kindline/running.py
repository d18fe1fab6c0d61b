"""What `analyse` and `watch` have in common: settings and flags make a run."""

from pathlib import Path
from typing import get_args

from kindline import borrowed, second_opinion
from kindline.calls.opening import Clock, House
from kindline.config import Settings
from kindline.errors import UnknownNameError
from kindline.model.conversation import Role
from kindline.opening import store_of
from kindline.pipeline import Ears, Judges, Run
from kindline.policy import BASES, Policy, basis_name, profile
from kindline.sealed import keys_in
from kindline.speech.recognisers import Choice
from kindline.store.database import Store
from kindline.store.in_force import in_force
from kindline.text.encoded import turn_model
from kindline.text.learnt import Learnt, learnt_in
from kindline.text.scoring import TurnModel, ours


def run_of(
    settings: Settings,
    *,
    policy: str | None,
    basis: str | None,
    out: Path | None,
    language: str | None,
) -> Run:
    """Return a run with what was set and flagged; a flag goes before a setting."""
    judges = judges_of(settings, policy=policy, basis=basis)  # refuses before a store is made
    store = store_of(settings, out)
    if policy is None:
        judges = judges_of(settings, policy=policy_of(store, settings), basis=basis)
    return run_with(store, settings, judges, language=language)


def policy_of(store: Store, settings: Settings) -> str:
    """Return the name of the profile in force: chosen on the page, else set."""
    with store.read() as tenancy:
        return in_force(tenancy, settings.policy).name


def run_with(
    store: Store, settings: Settings, judges: Judges, *, language: str | None = None
) -> Run:
    """Return a run into a store that is open."""
    return Run(
        store=store,
        judges=judges,
        keys=keys_in(settings.vcon_keys) if settings.vcon_keys else [],
        ears=ears_of(settings, language),
        sounds=settings.home if settings.keep_sound else None,
    )


def judges_of(settings: Settings, *, policy: str | None = None, basis: str | None = None) -> Judges:
    """Return who judges, as was set and flagged."""
    rules = profile(policy or settings.policy)
    return Judges(
        rules=rules,
        declared=_basis(basis or settings.basis),
        model=turns_read_by(settings),
        learnt=learnt_in(settings.learnt) if settings.learnt else Learnt(),
        endpoint=endpoint_of(settings, rules),
        redacts=settings.redact,
    )


def house_of(settings: Settings, clock: Clock) -> House:
    """Return what live calls are judged by, as was set."""
    return House(
        judges=judges_of(settings),
        clock=clock,
        country=settings.country,
        language=settings.speech_language,
    )


def turns_read_by(settings: Settings) -> TurnModel:
    """Return what reads turns, as was set."""
    return turn_model(settings.heads) if settings.heads else ours()


def ears_of(settings: Settings, language: str | None) -> Ears:
    """Return how recordings are listened to."""
    model = settings.speech_model
    folder = borrowed.folder_of(model, settings.home) if model else None
    return Ears(
        choice=Choice(folder=folder, device=settings.speech_device),
        language=language or settings.speech_language,
        channels=_channels(settings.speech_channels),
    )


def _channels(stated: str | None) -> tuple[Role, ...]:
    if stated is None:
        return ()
    roles: list[Role] = []
    for name in (part.strip() for part in stated.split(",")):
        role = next((one for one in get_args(Role) if one == name), None)
        if role is None:
            raise UnknownNameError("role of a track", name, get_args(Role))
        roles.append(role)
    return tuple(roles)


def _basis(stated: str | None) -> str | None:
    if stated is None:
        return None
    if basis_name(stated) not in BASES:
        raise UnknownNameError("basis", stated, BASES)
    return basis_name(stated)


def endpoint_of(settings: Settings, rules: Policy) -> second_opinion.Endpoint | None:
    """Return the language model that may be asked, None where none is set."""
    if settings.opinion_url is None:
        return None
    key = settings.opinion_key
    endpoint = second_opinion.Endpoint(
        address=settings.opinion_url,
        model=settings.opinion_model,
        key=key.get_secret_value() if key else None,
    )
    second_opinion.check(endpoint, rules)
    return endpoint
