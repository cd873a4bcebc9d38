"""One channel's packets, handed to any number of subscribers on the event loop, each with its own explicit drop policy.

The theory: ``publish`` never waits and never fails because of a reader. Each subscription has a bound. When it is full

- ``LATEST`` forgets what is queued and keeps the newest (snapshots, MJPEG, analytics);
- ``UNTIL_KEY`` drops everything queued and everything after it until the next key packet, because a gap inside a
  group of pictures breaks decoders (live video);
- ``LOSSLESS`` keeps a large bound, and its overflow ends the subscription with an error, never in silence (recorder).

The hub keeps the current group of pictures, so that a new viewer starts at once with a key packet already sent.
"""
