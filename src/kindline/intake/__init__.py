"""
What a centre hands over, put together to contacts: files, recordings, and what surrounds them.

`ingest` reads one file of words and `speech` one recording; here they meet what lies beside them.
"""
