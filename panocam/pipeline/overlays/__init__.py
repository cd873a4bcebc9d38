"""Overlays on their way from settings to pictures: the board that all channels read, the painter of each, the image store, the service."""
