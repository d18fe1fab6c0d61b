"""
Recordings and live audio to the words people said: who spoke when, and what was heard.

Files and streams take the same way: `decode` makes samples, `activity` finds speech in them,
`separation` tells two voices on one track apart, a recogniser writes down what it hears. Needs the
extra `kindline[speech]`.
"""
