"""Who may do what: accounts, roles, digest and basic verification, certificates, secrets."""
