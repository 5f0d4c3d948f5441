"""Why a picture differs: the element and the property, from two layouts of the page.

``explain_layouts`` finds what was changed on which element (``changes``), tells it from what only
follows (``explain``), and puts it into a sentence (``messages``). It needs no browser, no picture.
"""
