"""
Conversations by the million: an Arrow table in, an Arrow table out, by any engine.

`operators` holds the one thing that is done to conversations and knows no engine. `parts` cuts what
lies in a folder or bucket into pieces of a fixed name; `worker` does one piece and puts it in place
whole; `pool` and `ray_run` hand pieces to workers; `run` joins them up and counts.
"""
