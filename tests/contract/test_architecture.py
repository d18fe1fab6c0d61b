"""What the layout promises, beyond the import contracts in pyproject.toml."""

import ast
from pathlib import Path

import pytest

import kindline

SOURCE = Path(kindline.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))
MOST_LINES = 500


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(SOURCE)) for path in FILES])
def test_no_file_is_a_hub(path: Path) -> None:
    """A file that swells is cut before it does."""
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(SOURCE)) for path in FILES])
def test_one_file_opens_connections(path: Path) -> None:
    """Nothing else in the package reaches the network: no socket, no HTTP client."""
    if path.name == "net.py":
        return
    names = {
        alias.name.replace("urllib.parse", "addresses").partition(".")[0]
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in (
            node.names if isinstance(node, ast.Import) else [ast.alias(node.module or "")]
        )
    }
    assert not names & {"socket", "requests", "httpx", "urllib", "http", "ftplib", "smtplib"}
