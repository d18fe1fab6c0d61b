"""Scorecards as data, one a file: what people look for in a contact (`coaching.scorecard`)."""
