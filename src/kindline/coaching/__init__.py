"""Coaching: what agents can learn from their own contacts and from practice. Nobody is ranked."""
