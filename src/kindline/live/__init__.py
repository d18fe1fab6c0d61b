"""A call while it goes on: what was heard so far, what may help the agent, how to end well."""
