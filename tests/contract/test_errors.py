"""Errors cross processes whole, and never say what a customer said."""

import pickle

import pytest

from kindline.errors import (
    AccessError,
    FormError,
    InputError,
    KeyringError,
    KindlineError,
    LackingError,
    LeaseLostError,
    MalformedInputError,
    ModelError,
    NoSuchError,
    PolicyError,
    ProtocolError,
    RightError,
    SignInError,
    StoreError,
    UnavailableError,
    UnknownNameError,
    UnsupportedInputError,
)

EXAMPLES = (
    KindlineError("x"),
    InputError("x"),
    UnavailableError("x"),
    MalformedInputError("a.json", "line 1", "turns", "text", "a list"),
    UnsupportedInputError("a.json", "line 1", "dialog", "a recording", "a text dialog"),
    ProtocolError("seq: a frame is missing before this one"),
    PolicyError("policy eu-strict: a second opinion must come from this machine"),
    LackingError("somewhere", "nothing", "something"),
    StoreError("PostgreSQL", "no answer", "a database that is running"),
    KeyringError("kindline.key", "no file", "the key file"),
    LeaseLostError("job 1 was taken over"),
    AccessError(),
    SignInError(),
    RightError(),
    FormError(),
    NoSuchError(),
    ModelError("models/minilm", "nothing", "a folder with a sentence encoder"),
    UnknownNameError("policy", "nowhere", ("eu-strict", "uk")),
)


@pytest.mark.parametrize("error", EXAMPLES, ids=[type(error).__name__ for error in EXAMPLES])
def test_error_survives_pickling(error: KindlineError) -> None:
    """A worker's error reaches the parent with its fields and its message."""
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301  (our own bytes)
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)


def test_every_error_is_tried() -> None:
    """A new kind of error joins the list above."""

    def below(kind: type[KindlineError]) -> set[type[KindlineError]]:
        return {kind}.union(*(below(child) for child in kind.__subclasses__()))

    assert below(KindlineError) == {type(error) for error in EXAMPLES}


def test_message_says_place_found_and_expected() -> None:
    """A person can mend the record from the message alone."""
    told = str(EXAMPLES[3])
    assert told == "a.json, line 1, turns: found text; expected a list"
