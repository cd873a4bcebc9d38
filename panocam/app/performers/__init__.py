"""What performs the actions of rules: a file for each kind of thing."""
