"""
Charts, drawn on the server: marks that open their conversations, no script.

Beside every chart stands its table; the picture itself is hidden from screen readers.
"""
