"""The composition root: builds the parts, binds them to the settings, runs them, closes them in reverse order."""

from panocam.app.run import RunOptions, run

__all__ = ["RunOptions", "run"]
