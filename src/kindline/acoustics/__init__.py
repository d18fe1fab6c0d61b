"""
How a caller sounds, as plain numbers: pitch, level, rate, pauses, beside their own first minute.

Off by default, refused by policies without a word for it, for the customer's track alone, and never
turned into a feeling (docs/explanation/what-kindline-will-not-do.md). Nothing else imports it.
"""
