"""The structure of one page: its elements, where they lie, what they say, how they are styled.

``read_layout`` reads a page that a driver shows into a ``PageLayout``, in one script call.
``pair`` tells which element of one layout is which of another one. ``styles`` knows the computed
styles. Checks use layouts to say why a picture differs, sweeps compare them across browsers.
"""
