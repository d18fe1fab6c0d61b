"""The papers a centre needs, made from what is in force: what is computed, kept and seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
import tomllib
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from kindline.countries import keep_days_by_country
from kindline.languages import codes, pack
from kindline.metrics.share import FEWEST
from kindline.model.people import RIGHTS_OF
from kindline.policy import Policy
from kindline.redaction.hidden import KINDS
from kindline.text.scoring import ours
from kindline.version import VERSION

NOTICES = ("en", "nl", "fr", "hu")
_PAPERS = ("dpia.md", "ai-act.md", "works-council.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What is in force in an installation; `opinion` and `speech` name what others bring,
    `hooks` the hosts that webhooks may tell.
    """

    rules: Policy
    declared: str | None
    redacts: bool
    engine: str
    opinion: str | None
    speech: str | None
    centre: str
    contact: str
    keeps_sound: bool = False
    hooks: str | None = None


def papers(told: InForce, *, made_at: datetime) -> dict[str, str]:
    """Return the papers by file name: assessment, AI Act file, works council, notices."""
    environment = Environment(
        loader=PackageLoader("kindline.dossier"),
        autoescape=False,  # noqa: S701 -- Markdown and plain text, of our own settings
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    known = {**_facts(made_at), **{name: getattr(told, name) for name in told.__slots__}}
    found = {name: environment.get_template(name).render(known) for name in _PAPERS}
    for language in NOTICES:
        text = environment.get_template(f"notice.{language}.txt").render(known)
        found[f"notices/{language}.txt"] = text
    return found


def risks() -> list[Mapping[str, Any]]:
    """Return the risks with their controls and proofs."""
    raw = files("kindline.dossier").joinpath("risks.toml").read_text("utf-8")
    found: list[Mapping[str, Any]] = tomllib.loads(raw)["risk"]
    return found


def _facts(made_at: datetime) -> dict[str, Any]:
    return {
        "version": VERSION,
        "made_at": made_at.strftime("%Y-%m-%d %H:%M UTC"),
        "kinds": [kind.KIND.replace("_", " ") for kind in KINDS],
        "languages": [pack(code).name for code in codes()],
        "packs": [pack(code) for code in codes()],
        "weights": ours().name,
        "risks": risks(),
        "countries": keep_days_by_country(),
        "roles": [
            (role, sorted(right.replace("_", " ") for right in rights))
            for role, rights in RIGHTS_OF.items()
        ],
        "fewest": FEWEST,
    }
