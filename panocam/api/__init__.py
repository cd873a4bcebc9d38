"""Dialects over the same services."""
