"""Opening a store: SQLite or PostgreSQL, at the newest schema, with the keys that open it."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Executable,
    RowMapping,
    create_engine,
    event,
    inspect,
    make_url,
    select,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from kindline.errors import StoreError
from kindline.extras import library
from kindline.store import keyring as keyrings
from kindline.store.keyring import Keyring
from kindline.store.tables import KEYS

_AT_ONCE = 500  # rows
OWN = "own"  # the tenant of an installation with one
KEY_FILE = "kindline.key"
_BUSY_S = 30  # how long a writer of SQLite waits for another


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenancy:
    """One tenant's rows on one connection, with the keys that open them."""

    connection: Connection
    keyring: Keyring
    tenant: str

    def streamed(self, query: Executable) -> Iterator[RowMapping]:
        """Return the rows of a query, fetched as they are gone through: few at a time."""
        options = {"yield_per": _AT_ONCE}
        rows = self.connection.execute(query, execution_options=options).mappings()
        try:
            yield from rows
        finally:  # whoever stops half way leaves no cursor open
            rows.close()

    @property
    def is_postgresql(self) -> bool:
        """Return whether the rows lie in PostgreSQL; else they lie in SQLite."""
        return self.connection.dialect.name == "postgresql"

    def blind(self, kind: str, value: str | None) -> str | None:
        """Return what stands for a value in this tenant's rows; nothing for none."""
        return None if value is None else self.keyring.blind(self.tenant, kind, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """An open database and the keys to it, seen as one tenant."""

    engine: Engine
    keyring: Keyring
    tenant: str = OWN

    def of(self, tenant: str) -> "Store":
        """Return the same store, seen as another tenant."""
        return replace(self, tenant=tenant)

    @contextmanager
    def begin(self) -> Generator[Tenancy]:
        """Open a transaction that writes; it is kept when the block ends well."""
        with self.engine.execution_options(kindline_writes=True).begin() as connection:
            yield self._on(connection)

    @contextmanager
    def read(self) -> Generator[Tenancy]:
        """Open a transaction that reads."""
        with self.engine.connect() as connection:
            yield self._on(connection)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def _on(self, connection: Connection) -> Tenancy:
        return Tenancy(connection=connection, keyring=self.keyring, tenant=self.tenant)


def opened(url: str | Path, *, key_file: Path | None = None, is_migrated: bool = True) -> Store:
    """
    Return a store on a database, made and migrated when needed; a path is a SQLite file.

    A key file is made with a new database, and never for one that has been sealed before.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite" and key_file is None:
        key_file = Path(address.database or "").with_name(KEY_FILE)
    if key_file is None:
        raise StoreError("PostgreSQL", "no key file", "KINDLINE_KEY_FILE")
    engine = _engine(address)
    try:
        with engine.connect():
            keyring = _keyring(engine, key_file)
        if is_migrated:
            migrate(engine, keyring)
    except OperationalError as error:
        raise _unreachable(engine) from error
    return Store(engine=engine, keyring=keyring)


def migrate(engine: Engine, keyring: Keyring, *, to: str = "head") -> None:
    """Bring the schema up to date, or to a revision; does nothing where it already is."""
    with engine.execution_options(kindline_writes=True).begin() as connection:
        if engine.dialect.name == "postgresql":  # two workers that start together
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(5218)")
        config = _scripts()
        config.attributes |= {"connection": connection, "keyring": keyring}
        command.upgrade(config, to)


def revisions(engine: Engine) -> tuple[str | None, str | None]:
    """Return the revision the database is at, and the newest there is."""
    with engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
    return at, ScriptDirectory.from_config(_scripts()).get_current_head()


def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry | None = None) -> None:
    """Set what every SQLite connection needs; not every build overwrites what it deletes."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _address(url: str | Path) -> URL:
    if isinstance(url, Path):
        return URL.create("sqlite", database=str(url))
    try:
        address = make_url(url)
    except ArgumentError:
        raise StoreError("KINDLINE_DATABASE_URL", "no address", _ADDRESSES) from None
    if address.get_backend_name() == "postgresql":
        library("psycopg", "postgres")
        return address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() == "sqlite":
        return address
    raise StoreError("KINDLINE_DATABASE_URL", address.get_backend_name(), _ADDRESSES)


_ADDRESSES = "sqlite:///FILE or postgresql://USER@HOST/NAME"


def _engine(address: URL) -> Engine:
    if address.get_backend_name() == "postgresql":
        engine = create_engine(
            address, pool_pre_ping=True, pool_size=10, max_overflow=30, hide_parameters=True
        )
        event.listen(engine, "connect", _plan_anew)
        return engine
    Path(address.database or "").parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        address,
        hide_parameters=True,
        connect_args={"timeout": _BUSY_S, "isolation_level": None},  # `_begin` begins
    )
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _plan_anew(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Let PostgreSQL plan each time: a plan kept from an empty table reads all of a full one."""
    cursor = connection.cursor()
    cursor.execute("SET plan_cache_mode = force_custom_plan")
    cursor.close()
    connection.commit()


def _begin(connection: Connection) -> None:
    """Begin in SQLite: who will write says so first, and waits its turn there."""
    is_writer = connection.get_execution_options().get("kindline_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")


def _keyring(engine: Engine, key_file: Path) -> Keyring:
    if key_file.exists():
        return keyrings.read(key_file)
    with engine.connect() as connection:
        if inspect(connection).has_table(KEYS.name) and connection.execute(select(KEYS)).first():
            return keyrings.read(key_file)  # says what is missing
    keyring = keyrings.made(str(key_file))
    keyrings.write(keyring, key_file)
    return keyring


def _unreachable(engine: Engine) -> StoreError:
    where = engine.url.render_as_string(hide_password=True)
    return StoreError(where, "no answer", "a database that is running and lets us in")


def _scripts() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("kindline.store") / "migrations"))
    return config
