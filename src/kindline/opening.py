"""The store that settings name, opened."""

from pathlib import Path

from kindline.config import Settings
from kindline.store.database import KEY_FILE, Store, opened

DATABASE = "kindline.db"


def store_of(settings: Settings, out: Path | None = None, *, is_migrated: bool = True) -> Store:
    """Return the store: of a folder that was flagged, else of the settings."""
    folder = out or settings.home
    url = settings.database_url
    if url is None or out is not None:
        return opened(folder / DATABASE, key_file=settings.key_file, is_migrated=is_migrated)
    key_file = settings.key_file or folder / KEY_FILE
    return opened(url.get_secret_value(), key_file=key_file, is_migrated=is_migrated)
