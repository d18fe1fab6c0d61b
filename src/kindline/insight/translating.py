"""
A question in anybody's words, put into the bounded form by a language model that is set up.

The model sees the question and the form, never a number or a conversation. What it answers is read
as a question like any other: what does not fit is refused, and who asks sees it before it runs.
"""

import json

from kindline.errors import UnavailableError
from kindline.insight.question import EXAMPLES, GROUPS, WHATS, Question, question
from kindline.insight.shares import SHOWN
from kindline.insight.where import NARROWED
from kindline.second_opinion import Endpoint, completed

_TASK = (
    "Put the question into one line of this form and answer with that line alone. "
    "Form: WHAT [by GROUP] [in YYYY-MM | in YYYY-Www | last N weeks] [where NAME=VALUE and ...]. "
    f"WHAT: share NEED, {', '.join(WHATS)}. NEED: {', '.join(SHOWN)}. "
    f"GROUP: {', '.join(GROUPS)}. NAME: {', '.join(NARROWED)}. "
    f"Examples: {json.dumps(EXAMPLES)}"
)


def translated(text: str, endpoint: Endpoint) -> Question:
    """Return the question a model makes of a text; raises where it makes none or is down."""
    told = completed(endpoint, [{"role": "system", "content": _TASK}, _said(text)])
    if not told.strip():
        raise UnavailableError("the model answered nothing")
    return question(told.strip().splitlines()[0])


def _said(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}
