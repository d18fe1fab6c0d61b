"""The public names of the library."""

import kindline


def test_every_public_name_can_be_imported() -> None:
    """What `__all__` promises is there, and nothing else is promised by the lazy import."""
    assert all(getattr(kindline, name) is not None for name in kindline.__all__)
    assert sorted(name for names in kindline._HOMES.values() for name in names) == sorted(  # noqa: SLF001
        kindline.__all__
    )


def test_unknown_name_is_an_attribute_error() -> None:
    """A slip in a name is told as Python tells it."""
    assert not hasattr(kindline, "analyze")
