"""Public holidays, on which some helplines rest and some callers are more alone."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from kindline.extras import library


def is_holiday(country: str, day: date) -> bool:
    """Return whether a day is a public holiday in the whole of a country."""
    return day in _days(country, day.year)


def holidays_of(country: str, year: int) -> Sequence[date]:
    """Return the public holidays of a year in the whole of a country; none of one not known."""
    try:
        return sorted(_days(country, year))
    except NotImplementedError:  # what the library raises for a country it does not have
        return ()


@cache
def _days(country: str, year: int) -> Any:
    return library("holidays", "web").country_holidays(country, years=year)
