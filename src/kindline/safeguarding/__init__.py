"""When a life may be at risk: who can be called, what to say. There is no all-clear."""
