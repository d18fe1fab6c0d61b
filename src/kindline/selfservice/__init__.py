"""Self-service: how sessions ended, which contacts followed, and why: plain functions over rows."""
