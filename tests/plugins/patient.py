"""No example of a property has to be done in a certain time: what is slow on a busy machine is not wrong.

Loaded as a plugin before any test is imported.
"""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
