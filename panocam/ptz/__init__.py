"""Steering of the view areas: who may move them, preset positions, tours that run by themselves."""

from panocam.ptz.mover import Mover
from panocam.ptz.service import PtzService

__all__ = ["Mover", "PtzService"]
