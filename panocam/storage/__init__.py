"""Recordings: disks, segments on them, the index that finds them, what is kept and for how long, playback and export."""
