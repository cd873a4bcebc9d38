"""The simulated world: a room and a yard seen through a fisheye lens by a sensor model. Pure."""
