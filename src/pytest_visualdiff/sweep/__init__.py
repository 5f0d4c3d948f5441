"""The same page in several browsers, compared by its structure.

``sweeper`` opens a page in each browser and window size (``visit``). ``compare`` pairs the elements
of two layouts: ``geometry``, ``presence`` and ``appearance`` find what differs, ``root_causes``
the causes among it, ``findings`` puts it into words. ``single_browser`` finds faults that one
browser shows by itself. ``verdict`` decides what is new, and ``crawl`` visits many pages.
"""
