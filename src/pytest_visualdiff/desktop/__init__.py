"""A real screen: a display, windows, keys and pointer through PyAutoGUI, and what is seen there."""
