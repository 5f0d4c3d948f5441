"""The noise floor of a page, the smallest change that is found on it, and limits to match.

The order is ``shots`` (of a browser, or pictures), ``noise``, ``study`` (which plants changes,
looks whether they are found, and proposes limits), then ``summary``, ``json_record`` and ``plot``.
Importing this package is cheap.
"""
