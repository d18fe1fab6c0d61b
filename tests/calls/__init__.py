"""Calls that go on: stored, judged, followed, ended."""
