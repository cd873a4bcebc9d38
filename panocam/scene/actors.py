"""Who walks and drives in the two worlds, and where. Everybody goes round and round for ever, and nobody through anybody else: paths keep
their distance, and who shares one goes at one speed."""

from __future__ import annotations

from panocam.scene.body import Looks
from panocam.scene.cast import Actor
from panocam.scene.paths import loop
from panocam.scene.people import Person
from panocam.scene.vehicles import Car

_TABLE_ROUND = loop([(0.3, -1.4), (1.3, -1.55), (2.75, -1.2), (3.1, 0.0), (2.75, 1.15), (1.3, 1.4), (0.3, 1.25), (0.06, 0.0)])
_GONDOLA_ROUND = loop([(-0.85, -1.7), (-0.8, -0.4), (-0.85, 0.85), (-1.6, 1.15), (-2.15, 0.6), (-2.15, -1.5), (-1.5, -2.1)])
_TO_THE_DOOR = loop([(2.6, 2.3), (1.0, 2.35), (-0.6, 2.35), (-1.1, 2.2), (-0.6, 2.05), (1.0, 2.05)])
_COUNTER = loop([(-3.48, 0.15)])

_BROWN, _BLACK = (150, 104, 76), (24, 20, 18)

_HIKER = Looks(bag="backpack", top=(52, 86, 150), bottom=(56, 58, 70), bag_color=(176, 58, 48))
_SHOPPER = Looks(0.92, top=(186, 64, 62), bottom=(44, 52, 92), skirt=True, long_hair=True, hair=(84, 52, 30))
_CLERK = Looks(top=(232, 232, 226), bottom=(40, 42, 48), skin=_BROWN, hair=_BLACK)
_SAILOR = Looks(striped=True, top=(40, 60, 110), bottom=(96, 88, 74), hair=(150, 112, 66), bag="tote", bag_color=(206, 178, 120))

ROOM: tuple[Actor, ...] = (
    Person(1, _TABLE_ROUND, 1.15, 2.0, 1.80, looks=_HIKER),
    Person(2, _GONDOLA_ROUND, 0.85, 1.0, 1.66, looks=_SHOPPER),
    Person(3, _COUNTER, 0, 0.0, 1.74, facing=90, looks=_CLERK),
    Person(4, _TO_THE_DOOR, 1.0, 1.0, 1.76, looks=_SAILOR),
)

_DRIVE = loop([(-12, 7), (0, 7), (12, 7), (15.5, 4.2), (12, 1.6), (0, 1.6), (-12, 1.6), (-15.5, 4.2)])
_PAVEMENT = loop([(-14, -7), (0, -6.9), (14, -7), (14.7, -7.6), (14, -8.2), (0, -8.1), (-14, -8.2), (-14.7, -7.6)])
_BAYS = loop([(-13, 8.6), (0, 8.55), (13, 8.6), (13.4, 8.9), (13, 9.15), (0, 9.1), (-13, 9.15), (-13.4, 8.9)])
_LAWN = loop([(-1.2, -1.6), (-1.3, -5.5), (-0.4, -5.95), (1.0, -5.5), (1.3, -1.6), (0.2, -0.9)])
_PICNIC = loop([(-4.2, -3.4)])

_COURIER = Looks(bag="backpack", top=(70, 110, 78), bottom=(48, 54, 74))
_NEIGHBOUR = Looks(0.92, top=(200, 84, 66), bottom=(50, 50, 58), long_hair=True, hair=(150, 104, 58))
_STUDENT = Looks(striped=True, top=(40, 60, 110), bottom=(110, 100, 84), short_sleeves=True, skin=_BROWN, hair=_BLACK)
_CUSTOMER = Looks(top=(226, 186, 64), bottom=(60, 64, 84), bag="tote")
_DRIVER = Looks(top=(60, 66, 76), bottom=(70, 84, 112))


def _parked(id: int, bay: int, color: tuple[int, int, int], facing: float) -> Car:
    return Car(id, loop([(-13.75 + 2.5 * bay, 12.1)]), color, 0, facing=facing)


YARD: tuple[Actor, ...] = (
    Person(1, _PAVEMENT, 1.25, 16.0, 1.82, looks=_COURIER),
    Person(2, _PAVEMENT, 1.25, 42.0, 1.67, looks=_NEIGHBOUR),
    Person(3, _LAWN, 1.0, 0.0, 1.75, looks=_STUDENT),
    Person(4, _BAYS, 1.2, 24.0, 1.71, looks=_CUSTOMER),
    Person(5, _PICNIC, 0, 1.0, 1.78, facing=268, looks=_DRIVER),
    Car(11, _DRIVE, (168, 32, 36), 4.0, 4.0),
    Car(12, _DRIVE, (42, 74, 128), 4.0, 36.0),
    _parked(13, 2, (222, 222, 218), 0),
    _parked(14, 5, (64, 68, 74), 180),
    _parked(15, 6, (150, 156, 160), 0),
    _parked(16, 10, (52, 92, 72), 0),
)
