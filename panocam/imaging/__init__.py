"""Pixels in, pixels out: privacy masks, warp, layers. Pure."""
