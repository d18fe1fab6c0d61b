"""What several tests need: the corpus, the shared material, a point in time."""

from datetime import UTC, datetime
import os
from pathlib import Path

from hypothesis import HealthCheck, settings
import pytest

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci")


@pytest.fixture(scope="session")
def now() -> datetime:
    """Return the clock of the tests."""
    return datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of our own corpus."""
    return ROOT / "corpus"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the public material, or skip where there is none; CI has it and must not skip."""
    folder = Path(os.environ.get("KINDLINE_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        if os.environ.get("CI"):
            pytest.fail("CI has no shared material: set KINDLINE_SHARED")
        pytest.skip("no shared material: set KINDLINE_SHARED")
    return folder
