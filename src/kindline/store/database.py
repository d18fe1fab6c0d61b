"""Opening a database: SQLite with a write-ahead log, brought to the newest schema by Alembic."""

from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry


def opened(path: Path) -> Engine:
    """Return an engine on a SQLite file, made and migrated when needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", prepare)
    migrate(engine)
    return engine


def migrate(engine: Engine) -> None:
    """Bring the schema up to date; does nothing where it already is."""
    config = Config()
    config.set_main_option("script_location", str(files("kindline.store") / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry | None = None) -> None:
    """Set what every connection needs; not every build of SQLite overwrites what it deletes."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
