"""Signed video: hashing coded pictures, signatures inside the stream, verification. Pure but for ``reader``, which opens files."""
