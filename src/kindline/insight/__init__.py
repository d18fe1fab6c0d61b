"""What is asked of the facts: one file a question; its numbers come from `metrics`."""
