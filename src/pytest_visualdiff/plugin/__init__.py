"""The pytest plugin: the only package that imports pytest.

``main`` is what pytest loads; ``fixtures``, ``collection``, ``state`` and the integrations with
other plugins are imported when a test needs them.
"""
