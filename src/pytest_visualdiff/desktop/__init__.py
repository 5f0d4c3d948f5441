"""A real screen: a display, its windows, keyboard and pointer, and templates found on it.

PyAutoGUI is imported by ``input`` alone, python-xlib by ``display`` and ``windows``, mss by
``grabber``; each on first need.
"""
