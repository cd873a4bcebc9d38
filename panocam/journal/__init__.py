"""What is written down: the system log, the access log, the audit log, and how the last run ended. Kept in the data folder.

Theory. A log is a file of JSON lines that is only appended to, with a bounded number of older files behind it. Whoever writes hands an
entry over and goes on; one thread does the writing, so a slow disk never holds up a picture. A line is written in one piece: a camera
that is killed loses at most what was handed over in its last moments, and a line cut by a power failure is skipped by who reads.
Text from outside is made harmless on the way in, secrets are hidden on the way in; nothing that reads has to think of it.
"""

from panocam.journal.entry import Entry, Level
from panocam.journal.journal import LOGS, Journal, Which

__all__ = ["LOGS", "Entry", "Journal", "Level", "Which"]
