"""The twins: the same page in several browsers, compared by its structure.

One script call reads the layout of a page (``layout``); the elements of two layouts are paired
(``pair``), their geometry and looks compared (``geometry``, ``looks``), and what differs is traced
to its cause (``causes``) and told in words, most visible first (``findings``).
"""
