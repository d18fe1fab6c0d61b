"""
Everything observable in one conversation, one file each.

`CATALOGUE` lists them all; a test compares it with the folder.
"""

from kindline.signals import (
    abuse,
    agent,
    companionship,
    crisis,
    dynamics,
    effort,
    emotions,
    felt_heard,
    loyalty,
    reason,
    resolution,
    service,
    support,
)

CATALOGUE = (
    service.NAME,
    companionship.NAME,
    support.NAME,
    crisis.NAME,
    abuse.NAME,
    emotions.NAME,
    agent.NAME,
    felt_heard.NAME,
    effort.NAME,
    resolution.NAME,
    reason.NAME,
    loyalty.NAME,
    dynamics.NAME,
)
