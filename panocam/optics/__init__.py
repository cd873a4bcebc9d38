"""Directions and pixels: lenses, mounts, views and their geometry. Pure numbers, no images.

Conventions, used everywhere:

- **World**: right-handed, X east, Y north, Z up. ``pan`` is measured clockwise seen from above, 0 = +Y; ``tilt`` is
  positive upwards: direction = (cos t sin p, cos t cos p, sin t). Angles in degrees at every public boundary.
- **Camera**: x right in the sensor picture, y down, z along the optical axis. Rays are unit vectors, so every field of
  view up to 360 degrees can be represented; nothing here ever divides by z.
- **Mounts**: wall looks along +Y with the picture's top up; ceiling looks along -Z, desk along +Z, both with pan 0 at
  the top of the circle.
- **Pixels**: ``(x, y)`` with pixel centres on integers, as OpenCV has it.
"""
