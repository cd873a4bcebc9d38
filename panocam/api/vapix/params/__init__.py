"""The parameter tree of param.cgi: rows of leaves, mapped onto the settings or computed; nothing is kept here."""
