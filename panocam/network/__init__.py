"""The network of the machine as the camera sees it, and the one interface that it may manage where somebody asked for that."""
