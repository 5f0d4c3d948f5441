"""Deciding on pictures that a run saw: approve, reject, undo and ignore, from a command or a page.

Each decision is made under a lock and has a line in the log beside the baselines.
"""
