"""How many people a queue needs."""
