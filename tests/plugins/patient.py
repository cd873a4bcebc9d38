"""No example of a property has to be done in a certain time, and a run says what the run before it said.

What is slow on a busy machine is not wrong. And an example that fails should appear where somebody looks for it, not in another's run: the
examples stay the same until a test changes. ``--hypothesis-profile=explore`` draws others each time.

Loaded as a plugin before any test is imported.
"""

from hypothesis import settings

settings.register_profile("explore", deadline=None)
settings.register_profile("patient", deadline=None, derandomize=True)
settings.load_profile("patient")
