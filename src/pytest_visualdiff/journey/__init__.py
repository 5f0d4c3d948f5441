"""A person's way through a real screen: eyes find, hands act, each step is recorded.

Hands never look, and eyes never click. ``screen.Screen`` is the object behind the
``visualdiff_screen`` fixture.
"""
