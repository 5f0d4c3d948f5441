"""The noise floor of a page, the smallest change that is found on it, and limits to match.

One way: ``shots`` (a browser) or pictures -> ``noise`` -> ``study`` (``plant``, ``detect``,
``propose``) -> ``text``, ``record``, ``plot``. Importing this package is cheap.
"""
