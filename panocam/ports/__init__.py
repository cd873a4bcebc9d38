"""Virtual I/O: ports, virtual inputs and the manual trigger, which software drives because a software camera has no pins."""

from panocam.ports.board import BUTTON, INPUTS, Board, PortState
from panocam.ports.switch import LONGEST_S, MOST_STEPS, Step, Switch

__all__ = ["BUTTON", "INPUTS", "LONGEST_S", "MOST_STEPS", "Board", "PortState", "Step", "Switch"]
