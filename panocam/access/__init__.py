"""Who may do what: accounts, roles, digest and basic verification, certificates, secrets."""

from panocam.access.accounts import Account, Accounts, User
from panocam.access.authenticator import Authenticator, Failure
from panocam.access.keystore import KeyStore
from panocam.access.throttle import TooManyAttempts

__all__ = ["Account", "Accounts", "Authenticator", "Failure", "KeyStore", "TooManyAttempts", "User"]
