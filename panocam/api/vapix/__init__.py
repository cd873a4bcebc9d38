"""The VAPIX dialect: the paths and replies that existing clients of this camera family speak."""
