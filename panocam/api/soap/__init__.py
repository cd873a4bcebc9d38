"""SOAP 1.2, as far as several dialects share it: reading and writing envelopes, faults, times, pull points."""
