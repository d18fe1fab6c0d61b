"""Public holidays, on which some helplines rest."""

from datetime import date
from functools import cache
from typing import Any

from kindline.extras import library


def is_holiday(country: str, day: date) -> bool:
    """Return whether a day is a public holiday in the whole of a country."""
    return day in _days(country, day.year)


@cache
def _days(country: str, year: int) -> Any:
    return library("holidays", "web").country_holidays(country, years=year)
