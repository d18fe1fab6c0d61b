"""The documentation is in step with the code, and its links lead somewhere."""

import importlib.util
from pathlib import Path
import re
from types import ModuleType

import pytest

from kindline.cli import COMMANDS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *DOCS.rglob("*.md")]


def build() -> ModuleType:
    """Return the script that writes the reference."""
    spec = importlib.util.spec_from_file_location("docs_build", DOCS / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_reference_is_what_the_code_says() -> None:
    """Run `python docs/build.py` after a change that this test finds."""
    for name, page in build().PAGES.items():
        assert (DOCS / "reference" / name).read_text("utf-8") == page(), name


def test_every_sample_is_read_or_refused_as_the_table_says(shared: Path) -> None:
    """Run `python docs/build.py` after a change that this test finds."""
    written = (DOCS / "reference" / "samples.md").read_text("utf-8")
    assert written == build().samples(shared.resolve())


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_links_lead_to_files(page: Path) -> None:
    """A relative link names a file that is there."""
    for target in re.findall(r"\]\((?!http)([^)#]+)[^)]*\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_every_page_is_linked() -> None:
    """A page of the documentation can be reached from its front page."""
    front = (DOCS / "README.md").read_text("utf-8")
    pages = [page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")]
    assert not [page for page in pages if page != "README.md" and f"({page})" not in front]


def test_readme_has_two_commands() -> None:
    """A stranger needs one line to see it work and one to test it."""
    readme = (ROOT / "README.md").read_text("utf-8")
    assert re.findall(r"^    (\S.*)$", readme.partition("## As a library")[0], re.MULTILINE) == [
        "python3 run.py demo",
        "python3 run.py test",
    ]


@pytest.mark.parametrize("name", COMMANDS)
def test_readme_names_every_command(name: str) -> None:
    """A command that nobody hears of is not used."""
    assert re.search(rf"`(kindline )?{name}\b", (ROOT / "README.md").read_text("utf-8"))


def test_files_named_in_the_code_are_there() -> None:
    """A comment that points to a test, a bench or a page points to one that is there."""
    pattern = re.compile(r"\b(?:tests|bench|docs|training|corpus)/[\w./-]+\.(?:py|md|json)\b")
    for path in (ROOT / "src").rglob("*.py"):
        for named in pattern.findall(path.read_text("utf-8")):
            assert (ROOT / named).exists(), f"{path.name} names {named}"


def test_library_lines_of_the_readme_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a newcomer pastes works as printed."""
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    monkeypatch.chdir(ROOT)
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102  (our own page)
    assert "en-c-002 present" in capsys.readouterr().out


def test_tutorial_names_a_bundled_conversation() -> None:
    """The id it explains is one the demo has stored."""
    (named,) = re.findall(r"kindline explain (\S+)", (DOCS / "tutorial.md").read_text("utf-8"))
    assert f'"id": "{named}"' in (ROOT / "examples" / f"{named[:2]}.jsonl").read_text("utf-8")
