"""How many people a queue needs, by formula where one holds and by simulation where none does."""
