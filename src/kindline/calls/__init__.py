"""
Calls that go on, for all who follow them: fed by a platform, kept event by event, shown at desks.

A feed hands words in; they are stored, judged together with those of other calls, and whoever
follows the call is told, in this process and in others (`bus`).
"""
