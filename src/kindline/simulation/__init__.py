"""
A centre that does not exist, whose truth is therefore known: to try Kindline on, and to test it.

`plan.toml` says what is planted; `drawing` draws matters, sessions and contacts from it; `writing`
stores them as if they had been analysed. What Kindline "finds" is wrong as often as the plan says,
so that what corrects it can be seen to work. Nothing here reads or judges a word.
"""
