"""
Looking after who picks up: what they are exposed to, rest, fair spread, conditions, who leaves.

Made of when contacts were, how long, and what customers brought; of breaks; and of what agents say
themselves. No word or voice of an agent comes here (an import contract and tests hold that).
"""
