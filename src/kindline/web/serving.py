"""The application made from settings, once in each worker; and the first administrator."""

import logging
import sys

from fastapi import FastAPI
import structlog

from kindline import tracing
from kindline.config import Settings
from kindline.opening import store_of
from kindline.policy import profile
from kindline.store.database import Store
from kindline.store.facts import Facts
from kindline.store.people import add_user, ensure_tenant, n_users
from kindline.store.sessions import open_link
from kindline.web.app import application
from kindline.web.live import live_of
from kindline.web.place import Place
from kindline.web.provider import Provider
from kindline.web.signing_in import Passwords
from kindline.work.hiring import now, quick_worker_of, worker_of
from kindline.work.telling import hosts_of

FIRST_ADMIN = "admin@localhost"


def from_settings() -> FastAPI:
    """Return the application as the settings say; uvicorn calls this in every worker."""
    log_as_json()
    tracing.begin()
    settings = Settings()
    place = place_of(settings)
    log = structlog.get_logger("kindline.work")
    # Embedded, one process does the long work as well: nothing else need run.
    if settings.workers > 1:
        return application(place)
    return application(
        place,
        [
            hire(settings, place.store, lambda event, told: log.info(event, **told))
            for hire in (worker_of, quick_worker_of)
        ],
    )


def place_of(settings: Settings) -> Place:
    """Return what every request stands on, as the settings say."""
    store = store_of(settings)
    return Place(
        zone=settings.timezone,
        country=settings.country,
        store=store,
        facts=Facts(settings.home / "facts"),
        policy=profile(settings.policy),
        clock=now,
        passwords=Passwords(),
        address=settings.address.rstrip("/"),
        home=settings.home,
        live=live_of(settings, store),
        provider=_provider(settings),
        webhook_hosts=hosts_of(settings.webhook_hosts),
    )


def _provider(settings: Settings) -> Provider | None:
    if settings.oidc_issuer is None:
        return None
    secret = settings.oidc_secret
    return Provider(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client,
        client_secret="" if secret is None else secret.get_secret_value(),
        back=f"{settings.address.rstrip('/')}/sign-in/provider/back",
    )


def first_link(store: Store) -> str | None:
    """Return the secret that lets the first administrator in, None where there are users."""
    at = now()
    with store.begin() as tenancy:
        if n_users(tenancy.connection):
            return None
        ensure_tenant(tenancy, "Kindline", now=at)
        made = add_user(tenancy, FIRST_ADMIN, "Administrator", ["admin"], now=at)
        return open_link(tenancy.connection, made.user_id, now=at)


def log_as_json() -> None:
    """Log an event a line on stderr, as JSON."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
