"""
Ways into a live call, one file each: messages in, what happened and what to answer out.

No socket, no clock: whoever holds the connection feeds what came and sends what is to be sent.
"""
