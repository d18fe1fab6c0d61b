"""
Set up and run Kindline with nothing but Python 3.11+, pip and git.

    python3 run.py demo     analyse the bundled conversations; report and database go to demo/
    python3 run.py test     run the tests
    python3 run.py check    lint, types, import contracts, docs in step (what CI adds to the tests)
    python3 run.py lock     renew the lock files (needs uv)

Each step says what it does. Packages are installed once, into .venv, and only when a lock changed.
"""

import hashlib
import os
from pathlib import Path
import shutil
import subprocess
import sys
import time
import venv

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
LOCKS = {"demo": "requirements.txt", "test": "requirements-dev.txt"}
OLDEST = (3, 11)


def main() -> int:
    """Run one subcommand and return its exit status."""
    if sys.version_info < OLDEST:
        say(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]}")
        return 2
    commands = {"demo": demo, "test": test, "check": check, "lock": lock}
    name, *rest = sys.argv[1:] or ["help"]
    if name not in commands:
        sys.stdout.write(__doc__ or "")
        return 0 if name in ("help", "--help", "-h") else 2
    return commands[name](rest)


def demo(_rest: list[str]) -> int:
    """Analyse the bundled conversations, which no model was trained on, and write the report."""
    set_up(LOCKS["demo"])
    say("analysing the bundled conversations in nl, hu, fr and en")
    if start(BIN / "kindline", "analyse", "examples", "--out", "demo"):
        return 1
    say("writing the report")
    if start(BIN / "kindline", "report", "--out", "demo"):
        return 1
    centre = ROOT / "demo" / "centre"
    if not centre.exists():
        say("simulating a centre, whose truth is known")
        if start(BIN / "kindline", "simulate", centre, "--contacts", "2000"):
            return 1
    say(f"open {ROOT / 'demo' / 'report.html'}")
    say(f"database: {ROOT / 'demo' / 'kindline.db'}")
    say("the centre's numbers: pip install '.[web,forecast,pdf]', then kindline serve as it says")
    say(f"why a label: {BIN / 'kindline'} explain ID --out demo")
    return 0


def test(rest: list[str]) -> int:
    """Run the tests; anything after the subcommand goes to pytest."""
    set_up(LOCKS["test"])
    say("running the tests")
    return start(PYTHON, "-m", "pytest", "-n", "auto", "--dist", "worksteal", *rest)


def check(_rest: list[str]) -> int:
    """Run what CI adds to the tests; go through all of it even when one fails."""
    set_up(LOCKS["test"])
    steps = (
        ("lint", [BIN / "ruff", "check", "."]),
        ("format", [BIN / "ruff", "format", "--check", "."]),
        ("import contracts", [BIN / "lint-imports"]),
        ("types: mypy", [BIN / "mypy"]),
        ("types: pyright", [BIN / "pyright", "--pythonpath", PYTHON]),
    )
    failed = []
    for name, command in steps:
        say(name)
        if start(*command):
            failed.append(name)
    say(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def lock(_rest: list[str]) -> int:
    """Renew the lock files from pyproject.toml, for every Python we support."""
    uv = shutil.which("uv")
    if uv is None:
        say("uv is not installed: python3 -m pip install uv")
        return 2
    common = [
        "pip",
        "compile",
        "-q",
        "--universal",
        "--generate-hashes",
        "--no-header",
        "pyproject.toml",
    ]
    readers = ["vcon", "parquet", "speech", "watch", "ray"]
    wanted = [
        "dev",
        "train",
        "encoder",
        *readers,
        "bench",
        "postgres",
        "facts",
        "web",
        "forecast",
        "pdf",
        "mcp",
        "otel",
    ]
    extras = [part for name in wanted for part in ("--extra", name)]
    build = ["--python-version", "3.11", "--no-emit-index-url"]
    return start(uv, *common, *build, "--extra", "build", "-o", LOCKS["demo"]) or start(
        uv, *common, *build, *extras, "-o", LOCKS["test"]
    )


def set_up(lock_name: str) -> None:
    """Make .venv and install what the lock names, unless that was done before."""
    wanted = hashlib.sha256(
        b"".join((ROOT / name).read_bytes() for name in (lock_name, "pyproject.toml"))
    ).hexdigest()
    stamp = VENV / f".installed-{lock_name}"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    began = time.monotonic()
    if not PYTHON.exists():
        say("making a virtual environment in .venv")
        venv.create(VENV, with_pip=True)
    say(f"installing the packages of {lock_name} (once)")
    quiet = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    failed = start(PYTHON, *quiet, "--require-hashes", "-r", lock_name) or start(
        PYTHON, *quiet, "--no-deps", "--no-build-isolation", "--editable", "."
    )
    if failed:
        say("the installation failed; run the command again once the cause above is mended")
        sys.exit(1)
    stamp.write_text(wanted)
    say(f"installed in {time.monotonic() - began:.0f} s")


def start(*command: str | Path) -> int:
    """Run a command in the repository and return its exit status."""
    return subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode


def say(what: str) -> None:
    """Tell the person at the terminal what happens."""
    print(f"[kindline] {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
