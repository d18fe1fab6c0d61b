"""What workers do: forget on time, carry erasures on, tidy, index, tell others, take files in."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from kindline.calls.ending import end_lost, finish, has_lost
from kindline.config import Settings
from kindline.intake.contacts import Handed
from kindline.running import house_of, judges_of, policy_of, run_with
from kindline.store.database import Store
from kindline.store.erasure import settle
from kindline.store.hooks import announce
from kindline.store.jobs import Job, complete, enqueue, forget_done
from kindline.store.journeys import link
from kindline.store.postings import TOGETHER, index, is_behind
from kindline.store.report_orders import order_named, sent
from kindline.store.retention import forget
from kindline.store.sessions import forget_over
from kindline.store.sounds import sweep_sounds
from kindline.store.tables import JOBS, TENANTS
from kindline.store.uploads import FOLDER, drop, sweep, unpacked_into
from kindline.work.alerting import Mailer, alert, keepers, open_case_of
from kindline.work.reporting import Due, due, mail_report, reader
from kindline.work.telling import hosts_of, tell
from kindline.work.worker import Chore, Told

QUICK = ("alert", "tell", "finish_call")  # what somebody waits for: never behind a long import
EVERY_HOUR = ("forget", "link", "settle", "tidy")
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chores:
    """What a worker can do, by the settings and a clock."""

    settings: Settings
    clock: Clock

    def forget_on_time(self, store: Store, job: Job, _: Told) -> None:
        """Take away what has been kept long enough."""
        with store.begin() as tenancy:
            n_touched = forget(tenancy, now=self.clock())
            complete(tenancy, job, now=self.clock(), progress={"n_touched": n_touched})

    def carry_erasures_on(self, store: Store, job: Job, _: Told) -> None:
        """Destroy erased keys in backups that were out of reach."""
        n_settled = len(settle(store))
        with store.begin() as tenancy:
            complete(tenancy, job, now=self.clock(), progress={"n_settled": n_settled})

    def link_journeys(self, store: Store, job: Job, _: Told) -> None:
        """Note which contacts followed journeys through self-service."""
        with store.begin() as tenancy:
            n_linked = link(tenancy)
            complete(tenancy, job, now=self.clock(), progress={"n_linked": n_linked})

    def tidy(self, store: Store, job: Job, _: Told) -> None:
        """Delete what is over: sessions, links, old jobs, uploads nobody came back for."""
        with store.begin() as tenancy:
            forget_over(tenancy.connection, now=self.clock())
            forget_done(tenancy.connection, now=self.clock())
            sweep(self.settings.home, now=self.clock())
            sweep_sounds(tenancy, self.settings.home, now=self.clock())
            complete(tenancy, job, now=self.clock())

    def take_in(self, store: Store, job: Job, told: Told) -> None:
        """Analyse a file that was handed in, then delete it."""
        _take_in(self.settings, store, job, told)
        with store.begin() as tenancy:
            data = {"job_id": job.job_id, **told.progress}
            announce(tenancy, "import.done", data, now=self.clock())
            complete(tenancy, job, now=self.clock(), progress=told.progress)
        drop(store, self.settings.home, job.told["upload_id"])

    def tell_others(self, store: Store, job: Job, _: Told) -> None:
        """Tell an address what happened."""
        is_told = tell(store, job, hosts=hosts_of(self.settings.webhook_hosts), now=self.clock())
        with store.begin() as tenancy:
            complete(tenancy, job, now=self.clock(), progress={"n_told": int(is_told)})

    def alert_keepers(self, store: Store, job: Job, _: Told) -> None:
        """Tell by mail who looks after cues that a case is open, where a mail server is set."""
        mailer, n_told = _mailer(self.settings), 0
        with store.read() as tenancy:
            case = open_case_of(tenancy, job.told["case_id"])
            some = keepers(tenancy)
        if mailer is not None and case is not None and some:
            n_told = alert(case, some, mailer)
        with store.begin() as tenancy:
            complete(tenancy, job, now=self.clock(), progress={"n_told": n_told})

    def finish_call(self, store: Store, job: Job, _: Told) -> None:
        """Keep a call that is over as a conversation."""
        house = house_of(self.settings, self.clock)
        with store.begin() as tenancy:
            is_kept = finish(tenancy, job.told["call_id"], house)
            complete(tenancy, job, now=self.clock(), progress={"n_kept": int(is_kept)})

    def end_lost_calls(self, store: Store, job: Job, _: Told) -> None:
        """End the calls of which nothing was heard for long."""
        with store.begin() as tenancy:
            n_ended = end_lost(tenancy, now=self.clock())
            complete(tenancy, job, now=self.clock(), progress={"n_ended": n_ended})

    def send_report(self, store: Store, job: Job, _: Told) -> None:
        """Make a report that somebody ordered and send it, where a mail server is set."""
        mailer, n_told = _mailer(self.settings), 0
        with store.read() as tenancy:
            order = order_named(tenancy, job.told["order_id"])
            to = None if order is None else reader(tenancy, order.user_id)
        if mailer is not None and order is not None and to is not None:
            one = Due(order, job.told["period"])
            mail_report(store, self.settings, one, to, mailer)
            n_told = 1
            with store.begin() as tenancy:
                sent(tenancy, order.order_id, one.period)
        with store.begin() as tenancy:
            complete(tenancy, job, now=self.clock(), progress={"n_told": n_told})

    def index_words(self, store: Store, job: Job, told: Told) -> None:
        """Make the words of new conversations searchable, some at a time."""
        n_indexed = 0
        while True:
            with store.begin() as tenancy:
                n = index(tenancy)
                n_indexed += n
                told.progress["n_indexed"] = n_indexed
                if n < TOGETHER:
                    complete(tenancy, job, now=self.clock(), progress=told.progress)
                    return


def chores(settings: Settings, clock_now: Clock) -> Mapping[str, Chore]:
    """Return the chores by kind."""
    does = Chores(settings=settings, clock=clock_now)
    return {
        "alert": does.alert_keepers,
        "finish_call": does.finish_call,
        "forget": does.forget_on_time,
        "link": does.link_journeys,
        "lost_calls": does.end_lost_calls,
        "index": does.index_words,
        "report": does.send_report,
        "settle": does.carry_erasures_on,
        "tell": does.tell_others,
        "tidy": does.tidy,
        "take_in": does.take_in,
    }


def plan_reports(store: Store, settings: Settings, now: datetime) -> None:
    """Put in the reports whose period is over, each once."""
    with store.read() as tenancy:
        tenants = list(tenancy.connection.scalars(select(TENANTS.c.tenant_id)))
        found = [
            (tenant, one)
            for tenant in tenants
            for one in due(replace(tenancy, tenant=tenant), now=now, zone=settings.timezone)
        ]
    for tenant, one in found if settings.smtp is not None else ():
        with store.of(tenant).begin() as tenancy:
            told = {"order_id": one.order.order_id, "period": one.period}
            enqueue(
                tenancy, "report", told, now=now, once=f"report {one.order.order_id} {one.period}"
            )


def plan(store: Store, now: datetime) -> None:
    """
    Put in what is due every hour, and indexing where words cannot be searched yet.

    Several workers that think of it put it in once.
    """
    hour, minute = now.strftime("%Y-%m-%dT%H"), now.strftime("%Y-%m-%dT%H:%M")
    with store.read() as tenancy:
        tenants = list(tenancy.connection.scalars(select(TENANTS.c.tenant_id)))
        due = [
            (tenant, kind, f"{kind} {tenant} {hour}") for tenant in tenants for kind in EVERY_HOUR
        ]
        due += [
            (tenant, "lost_calls", f"lost_calls {tenant} {minute}")
            for tenant in tenants
            if has_lost(replace(tenancy, tenant=tenant), now=now)
        ]
        due += [
            (tenant, "index", f"index {tenant} {minute}")
            for tenant in tenants
            if is_behind(replace(tenancy, tenant=tenant))
        ]
        names = [once for _, _, once in due]
        there = set(tenancy.connection.scalars(select(JOBS.c.once).where(JOBS.c.once.in_(names))))
    for tenant, kind, once in due:
        if once not in there:
            with store.of(tenant).begin() as tenancy:
                enqueue(tenancy, kind, {}, now=now, once=once)


def _take_in(settings: Settings, store: Store, job: Job, told: Told) -> None:
    """Analyse an uploaded file. What was stored by a try before is known and not read again."""
    policy = policy_of(store, settings)
    run = run_with(store, settings, judges_of(settings, policy=policy, basis=job.told.get("basis")))
    run.follow = lambda handed: _followed(handed, told)
    uploads = settings.home / FOLDER
    uploads.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(dir=uploads) as folder:
        path = unpacked_into(store, settings.home, job.told["upload_id"], Path(folder))
        # A file's own name may hold a caller's number: it goes by another from here on.
        named = f"upload-{job.told['upload_id']}{path.suffix}"
        deque(run.analyses([(path, named)]), maxlen=0)
    tally = run.tally
    told.progress |= {
        "n_read": tally.n_read,
        "n_analysed": tally.status["analysed"],
        "n_denied": tally.status["denied"],
        "n_rejected": len(tally.rejected),
        "n_known": tally.n_known,
        "n_duplicates": len(tally.duplicates),
        "n_joined": tally.n_joined,
    }


def _mailer(settings: Settings) -> Mailer | None:
    if settings.smtp is None:
        return None
    password = settings.smtp_password
    return Mailer(
        server=settings.smtp,
        password=password.get_secret_value() if password else None,
        sender=settings.mail_from,
        address=settings.address.rstrip("/"),
    )


def _followed(handed: Sequence[Handed], told: Told) -> Iterable[Handed]:
    def counted() -> Iterator[Handed]:
        for number, one in enumerate(handed):
            told.progress |= {"n_contacts": len(handed), "n_begun": number + 1}
            yield one

    return counted()
