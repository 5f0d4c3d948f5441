"""The options: one table of all of them, the parsing of their values, and named levels.

``table`` has a row for each option, and the resolved values of a test. ``parsing`` turns text and
Python values into one form. ``strictness`` has the named levels of tolerance.
"""
