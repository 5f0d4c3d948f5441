"""The options: one table of what can be set, and how a value is parsed and found.

``table`` has a row for each option and the values a test sees, ``parsing`` turns what people
write into values, ``strictness`` names the levels of tolerance.
"""
