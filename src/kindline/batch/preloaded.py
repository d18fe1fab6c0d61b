"""Imported by the process that workers are forked off: what every worker would load for itself."""

from kindline.batch import worker
from kindline.languages import codes
from kindline.text.cues import matcher
from kindline.text.decision import conversation_file
from kindline.text.heads import heads
from kindline.text.scoring import calibration_file

__all__ = ["worker"]

calibration_file()
conversation_file()
for _code in codes():
    matcher(_code)
    heads(_code, "customer")
    heads(_code, "agent")
