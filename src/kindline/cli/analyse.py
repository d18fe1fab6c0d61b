"""`kindline analyse`: files in, analyses out, everything counted."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Annotated, Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import Engine
import typer

from kindline import second_opinion
from kindline.analysis import admitted, analyse_all, versions
from kindline.cli.sources import files_under, records
from kindline.config import Settings
from kindline.contract import as_json, duplicate_as_json, rejected_as_json
from kindline.errors import InputError, UnknownNameError
from kindline.languages import supported
from kindline.model.analysis import NEEDS, Analysis
from kindline.model.conversation import Conversation
from kindline.policy import BASES, Policy, basis_name, profile
from kindline.sealed import keys_in
from kindline.store.conversations import known, save, save_rejected, version_key
from kindline.store.database import opened
from kindline.store.duplicates import Seen
from kindline.store.retention import forget
from kindline.text.encoded import turn_model
from kindline.text.scoring import ours

DATABASE = "kindline.db"
_SAVED_TOGETHER = 256


@dataclass(slots=True)
class _Tally:
    """What became of the records of a run; `n_read` is the sum of the rest."""

    n_read: int = 0
    n_known: int = 0
    duplicates: list[tuple[Conversation, str]] = field(
        default_factory=list[tuple[Conversation, str]]
    )
    status: Counter[str] = field(default_factory=Counter[str])
    denials: Counter[str] = field(default_factory=Counter[str])
    needs: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    rejected: list[tuple[str, InputError]] = field(default_factory=list[tuple[str, InputError]])

    def add(self, analysis: Analysis) -> None:
        self.status[analysis.status] += 1
        if analysis.denied_because:
            self.denials[analysis.denied_because] += 1
        for need in NEEDS:
            self.needs.setdefault(need, Counter())[analysis.need(need).state] += 1
        self.needs.setdefault("crisis", Counter())[analysis.crisis.state] += 1
        self.needs.setdefault("abuse", Counter())[analysis.abuse.label.state] += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judges:
    """Who judges a conversation in this run: policy, declared basis, encoder."""

    rules: Policy
    declared: str | None
    encoder: str

    def key(self, conversation: Conversation, now: datetime) -> str:
        """Return the key of the versions, policy and basis that would judge it now."""
        given, language = admitted(conversation, self.rules, declared=self.declared, now=now)
        made_by = versions(self.rules, supported(language), conversation.cut, self.encoder)
        return version_key(made_by, self.rules.name, given.basis)


def run(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders to read.")],
    policy_name: Annotated[
        str | None, typer.Option("--policy", help="Policy profile; see `kindline policies`.")
    ] = None,
    basis: Annotated[
        str | None,
        typer.Option(help=f"Basis for conversations that state none: {', '.join(BASES)}."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help=f"Folder for {DATABASE}; default KINDLINE_HOME.")
    ] = None,
    as_lines: Annotated[
        bool, typer.Option("--json", help="One JSON object a line on stdout.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Analyse also what is stored already.")
    ] = False,
) -> None:
    """Read conversations, tell which needs they hold, and store what was found."""
    settings = Settings()
    declared = _basis(basis or settings.basis)
    rules = profile(policy_name or settings.policy)
    model = turn_model(settings.heads) if settings.heads else ours()
    endpoint, opinions = _endpoint(settings, rules), second_opinion.Asked()
    engine = opened((out or settings.home) / DATABASE)
    tally, now = _Tally(), datetime.now(UTC)
    with engine.begin() as connection:
        forget(connection, now=now)
    keys = keys_in(settings.vcon_keys) if settings.vcon_keys else []
    conversations = _distinct(_conversations(paths, tally, keys), engine, declared, tally)
    judges = _Judges(rules=rules, declared=declared, encoder=model.name)
    fresh = conversations if again else _fresh(conversations, engine, judges, tally)
    for chunk in _chunks(fresh, _SAVED_TOGETHER):
        ours_only = analyse_all(chunk, rules, declared=declared, now=now, model=model)
        analyses = _with_opinions(chunk, ours_only, endpoint, opinions)
        _keep(engine, chunk, analyses, now)
        for analysis in analyses:
            tally.add(analysis)
            if as_lines:
                typer.echo(json.dumps(as_json(analysis), ensure_ascii=False))
    with engine.begin() as connection:
        save_rejected(connection, tally.rejected, now=now)
    _tell(tally, as_lines=as_lines)
    if endpoint:
        typer.echo(opinions, err=True)
    raise typer.Exit(1 if tally.rejected else 0)


def _basis(stated: str | None) -> str | None:
    if stated is None:
        return None
    if basis_name(stated) not in BASES:
        raise UnknownNameError("basis", stated, BASES)
    return basis_name(stated)


def _endpoint(settings: Settings, rules: Policy) -> second_opinion.Endpoint | None:
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


def _with_opinions(
    chunk: Iterable[Conversation],
    analyses: Iterable[Analysis],
    endpoint: second_opinion.Endpoint | None,
    opinions: second_opinion.Asked,
) -> list[Analysis]:
    if endpoint is None:
        return list(analyses)
    return [
        second_opinion.asked(conversation, analysis, endpoint, opinions)
        for conversation, analysis in zip(chunk, analyses, strict=True)
    ]


def _conversations(
    paths: Iterable[Path], tally: _Tally, keys: Sequence[Any]
) -> Iterator[Conversation]:
    """Return the conversations of all files, with a progress bar; errors go to the tally."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        files = files_under(paths)
        for path, source in progress.track(files, description="Reading and analysing"):
            for record in records(path, source, keys):
                tally.n_read += 1
                if isinstance(record, InputError):
                    tally.rejected.append((source, record))
                else:
                    yield record


def _distinct(
    conversations: Iterable[Conversation], engine: Engine, declared: str | None, tally: _Tally
) -> Iterator[Conversation]:
    """Return those that are no copy of another; copies go to the tally."""
    seen, now = Seen(declared=declared), datetime.now(UTC)
    for chunk in _chunks(conversations, _SAVED_TOGETHER):
        with engine.connect() as connection:
            placed = seen.distinct(connection, chunk, now=now)
        for conversation, twin in placed:
            if twin is None:
                yield conversation
            else:
                tally.duplicates.append((conversation, twin))


def _fresh(
    conversations: Iterable[Conversation], engine: Engine, judges: _Judges, tally: _Tally
) -> Iterator[Conversation]:
    """Return those that are not stored with this content, by these versions, on this basis."""
    now = datetime.now(UTC)
    for chunk in _chunks(conversations, _SAVED_TOGETHER):
        with engine.connect() as connection:
            stored = known(connection, [conversation.id for conversation in chunk])
        for conversation in chunk:
            content, made_by = stored.get(conversation.id, (None, None))
            is_same = content == conversation.content_hash
            if is_same and made_by == judges.key(conversation, now):
                tally.n_known += 1
            else:
                yield conversation


def _keep(
    engine: Engine, chunk: list[Conversation], analyses: list[Analysis], now: datetime
) -> None:
    """Store what may be stored: not what was analysed for evaluation only."""
    pairs = zip(chunk, analyses, strict=True)
    done = [pair for pair in pairs if pair[1].basis != "evaluation"]
    with engine.begin() as connection:
        save(connection, done, now=now)


def _chunks(items: Iterable[Conversation], size: int) -> Iterator[list[Conversation]]:
    chunk: list[Conversation] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _tell(tally: _Tally, *, as_lines: bool) -> None:
    """Print rejected records as JSON lines or sentences, then the counts, all on stderr."""
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    for source, error in tally.rejected:
        line = json.dumps(rejected_as_json(error, source), ensure_ascii=False)
        typer.echo(line if as_lines else f"rejected: {error}", err=True)
    for conversation, twin in tally.duplicates:
        told = duplicate_as_json(conversation, twin)
        typer.echo(json.dumps(told) if as_lines else _same(conversation, twin), err=True)
    if tally.needs and not as_lines:
        errors.print(_table(tally))
    for reason, n in tally.denials.most_common():
        typer.echo(f"denied {n}: {reason}", err=True)
    typer.echo(
        f"{tally.n_read} read = {tally.status['analysed']} analysed + {tally.status['denied']} "
        f"denied + {len(tally.rejected)} rejected + {tally.n_known} stored before "
        f"+ {len(tally.duplicates)} duplicates",
        err=True,
    )


def _same(conversation: Conversation, twin: str) -> str:
    return f"duplicate: {conversation.source}: {conversation.id} is {twin}, read before"


def _table(tally: _Tally) -> Table:
    table = Table("need", "found", "not found", "unsure", "not assessed")
    for need, states in tally.needs.items():
        found, missing = (
            states["present"] + states["cue"],
            states["absent"] + states["no_cue_found"],
        )
        rest = (states["unsure"], states["not_assessed"])
        table.add_row(need, *(str(n) for n in (found, missing, *rest)))
    return table
