"""What the law of a country adds, one file each: how long anything may be kept there at most."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
import tomllib


@cache
def keep_days_by_country() -> Mapping[str, Mapping[str, int]]:
    """Return for each country that limits it how many days something may be kept at most."""
    found: dict[str, Mapping[str, int]] = {}
    for path in files("kindline.countries").iterdir():
        if path.name.endswith(".toml"):
            told = tomllib.loads(path.read_text("utf-8"))
            found[path.name.removesuffix(".toml")] = told["keep_days"]
    return dict(sorted(found.items()))
