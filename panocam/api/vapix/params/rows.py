"""The whole tree: the rows of every group, put together once."""

from __future__ import annotations

from panocam.api.vapix.params import device, image, network
from panocam.api.vapix.params.tree import Tree

TREE = Tree((*device.rows(), *image.rows(), *network.rows()))
"""What param.cgi lists and changes."""
