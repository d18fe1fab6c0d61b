"""Pages. A route parses, asks one question, renders; objects come through `access` alone."""
