"""Declared topics and the bus they travel on."""
