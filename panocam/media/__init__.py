"""Values that everybody speaks: pictures, packets, codecs. Pure: no I/O, no threads, no clock."""
