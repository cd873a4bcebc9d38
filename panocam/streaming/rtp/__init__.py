"""RTP (RFC 3550) for each codec: pure functions from an access unit to payloads, and the packer that numbers them."""
