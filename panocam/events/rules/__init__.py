"""Rules: conditions over the events of the bus, and the actions that others perform for them."""
