"""What a country adds, a file each: emergency number, helplines, how long anything is kept."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
import tomllib
from typing import Any


@cache
def countries() -> Mapping[str, Mapping[str, Any]]:
    """Return what the file of each country holds, by ISO 3166 code."""
    found = {
        path.name.removesuffix(".toml"): tomllib.loads(path.read_text("utf-8"))
        for path in files("kindline.countries").iterdir()
        if path.name.endswith(".toml")
    }
    return dict(sorted(found.items()))


@cache
def keep_days_by_country() -> Mapping[str, Mapping[str, int]]:
    """Return for each country that limits it how many days something may be kept at most."""
    return {code: told["keep_days"] for code, told in countries().items() if "keep_days" in told}
