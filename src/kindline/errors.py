"""
Every error we raise on purpose.

    KindlineError
      InputError              the data is wrong: trying again will not help
        MalformedInputError   a record does not follow its format
        UnsupportedInputError a record is well formed, but of a kind we cannot read
        UnknownNameError      a name (policy, basis, language ...) is not one we know
        PolicyError           the policy in force does not allow what was asked for
        ProtocolError         a live connection sent what its protocol does not allow
      UnavailableError        something outside is missing or down: try again later
        LackingError          something is not as it must be, and the message says where
          ModelError          a model of others cannot be used: its folder, or what reads it
          StoreError          the database cannot be used as it is
            KeyringError      the key file is missing, damaged or of another database
        LeaseLostError        another worker has the job by now
      AccessError             who asks may not
        SignInError           nobody is signed in, or not wholly
        RightError            their role does not open it
        FormError             a form did not come from a page of ours
        NoSuchError           there is nothing by that name for them

Messages name files, records and fields. They never hold a customer's words, numbers or names.
"""


class KindlineError(Exception):
    """Anything that went wrong for a reason we can name."""


class InputError(KindlineError):
    """The data is wrong: never retry."""


class MalformedInputError(InputError):
    """A record does not follow its format."""

    def __init__(self, source: str, record: str, field: str, found: str, expected: str) -> None:
        super().__init__(source, record, field, found, expected)  # args survive pickling
        self.source = source
        self.record = record
        self.field = field
        self.found = found
        self.expected = expected

    def __str__(self) -> str:
        place = f"{self.source}, {self.record}, {self.field}"
        return f"{place}: found {self.found}; expected {self.expected}"


class UnsupportedInputError(MalformedInputError):
    """A record is well formed, but of a kind we cannot read."""


class UnknownNameError(InputError):
    """A name is not one we know; the message lists those that are."""

    def __init__(self, kind: str, name: str, known: tuple[str, ...]) -> None:
        super().__init__(kind, name, known)
        self.kind = kind
        self.name = name
        self.known = known

    def __str__(self) -> str:
        return f"unknown {self.kind} {self.name!r}; known: {', '.join(self.known)}"


class PolicyError(InputError):
    """The policy in force does not allow what was asked for."""


class ProtocolError(InputError):
    """A live connection sent what its protocol does not allow: it is to be closed."""


class UnavailableError(KindlineError):
    """Something outside is missing or down."""


class LackingError(UnavailableError):
    """Something is not as it must be: where, what was found, what was expected."""

    def __init__(self, where: str, found: str, expected: str) -> None:
        super().__init__(where, found, expected)
        self.where = where
        self.found = found
        self.expected = expected

    def __str__(self) -> str:
        return f"{self.where}: found {self.found}; expected {self.expected}"


class ModelError(LackingError):
    """A model of others cannot be used: its folder, or the library that reads it."""


class StoreError(LackingError):
    """The database cannot be used as it is."""


class KeyringError(StoreError):
    """The key file is missing, damaged, or of another database."""


class LeaseLostError(UnavailableError):
    """Another worker has the job by now; what this one did of it is undone."""


class AccessError(KindlineError):
    """Who asks may not."""


class SignInError(AccessError):
    """Nobody is signed in, or not wholly."""


class RightError(AccessError):
    """Who asks may not open this."""


class FormError(AccessError):
    """A form did not come from a page of ours, or from one of another session."""


class NoSuchError(AccessError):
    """There is nothing by that name for whom asks; also where it is another tenant's."""
