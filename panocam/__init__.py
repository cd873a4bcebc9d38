"""panocam: a panoramic network camera made of software."""

__version__ = "0.1.0"
