"""
What says who somebody is or what they pay with, found in words and blotted out.

A kind is a file: `KIND` and `spans`. Blots are as long as what stood there, so that every offset
stays an offset; recall by kind and language is measured in bench/redaction.py.
"""
