"""Every persistent parameter, declared once; one immutable transactional snapshot of them."""
