"""One check: from a target to a verdict.

``checker`` has the object behind the ``visualdiff`` fixture. ``context`` has the test, the name and
the line of a check. ``closest`` finds the closest baseline. ``decision`` turns a comparison into a
status and a message.
"""
