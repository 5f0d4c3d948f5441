"""One check: from a target to a verdict.

``checker`` is the object behind the ``visualdiff`` fixture, ``context`` what is known of a check
before anything was captured, ``closest`` finds the baseline that comes closest, and ``decision``
turns a comparison into a status and a message.
"""
