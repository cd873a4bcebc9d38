"""The composition root: builds the parts, binds them, runs them, closes them in reverse order."""
