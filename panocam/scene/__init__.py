"""The simulated world: a room and a yard seen through a fisheye lens by a sensor model. Pure."""

from __future__ import annotations

from panocam.scene.camera import CameraPose
from panocam.scene.open import SCENES, SceneOptions, open_scene
from panocam.scene.scene import Scene
from panocam.scene.settings import Lighting, SensorSettings
from panocam.scene.truth import TruthObject
from panocam.scene.world import Edge

__all__ = ["SCENES", "CameraPose", "Edge", "Lighting", "Scene", "SceneOptions", "SensorSettings", "TruthObject", "open_scene"]
