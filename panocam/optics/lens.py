"""The lens: which pixel of the sensor picture a direction falls on, and back.

Theory. A fisheye lens is rotationally symmetric about its optical axis. A direction at the angle ``theta`` from the axis lands at the
distance ``r(theta)`` from the centre of the image circle, in the direction it came from. Five laws are in use (C. Hughes et al.,
"Accuracy of fish-eye lens models", Applied Optics 49, 2010; J. Kannala and S. Brandt, PAMI 28, 2006):

    equidistant    r = f theta              equisolid     r = 2 f sin(theta/2)
    stereographic  r = 2 f tan(theta/2)     orthographic  r = f sin(theta)
    kb             r = f (theta + k1 theta^3 + k2 theta^5 + k3 theta^7 + k4 theta^9)

The focal length ``f`` is never asked for: it follows from the field of view and the circle, ``r(fov/2) = radius``. Beyond ``fov/2``
every law goes on along its tangent, so that ``project`` is smooth across the rim, one-to-one, and defined for every direction.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panocam.errors import InvalidValue

Array = NDArray[np.floating[Any]]
Terms = tuple[float, ...]

TERMS = 8
"""Terms of a power series that native code takes."""

DEFAULT_FOV = 182.0
"""Full angle across the image circle in degrees, as the two modelled cameras have it."""

FARTHEST = 12_000.0
"""Source pixels: a circle's centre lies nearer the origin than this and its radius is smaller, so that 16.16 fixed point holds it."""

LEAST_SLOPE = 1e-3
"""The tangent beyond the rim rises at least this much (relative to f), so that orthographic lenses stay one-to-one."""


class LensModel(StrEnum):
    """The law r(theta)."""

    EQUIDISTANT = "equidistant"
    EQUISOLID = "equisolid"
    STEREOGRAPHIC = "stereographic"
    ORTHOGRAPHIC = "orthographic"
    KB = "kb"


@dataclass(frozen=True)
class Circle:
    """The image circle in source pixels; pixel centres are integers."""

    cx: float
    cy: float
    radius: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(v) and abs(v) <= FARTHEST for v in (self.cx, self.cy, self.radius)) or self.radius < 1:
            raise InvalidValue("circle", f"{self.cx},{self.cy},{self.radius}", f"give CX,CY,R in source pixels, R from 1 to {FARTHEST:g}")

    @classmethod
    def parse(cls, text: str) -> Circle:
        """Read ``CX,CY,R``. Raises InvalidValue."""
        try:
            cx, cy, radius = (float(part) for part in text.split(","))
        except ValueError:
            raise InvalidValue("circle", text, "give three numbers CX,CY,R in source pixels") from None
        return cls(cx, cy, radius)


@dataclass(frozen=True)
class _Law:
    """r/f as a function of theta, its derivative and its inverse, the widest field (degrees) on which it rises, and the function once
    more as what native code computes: theta times one power series in theta^2, divided by another."""

    shape: Callable[[Array], Array]
    slope: Callable[[float], float]
    inverse: Callable[[Array], Array]
    widest: float
    series: tuple[Terms, Terms] = (1.0,), (1.0,)


def _sine(per: float = 1.0) -> Terms:
    """The series of ``sin(theta / per) per / theta``; its eight terms are exact to 1e-8 up to theta / per = pi / 2."""
    return tuple((-1) ** n / (per ** (2 * n) * math.factorial(2 * n + 1)) for n in range(TERMS))


def _cosine(per: float) -> Terms:
    """The series of ``cos(theta / per)``."""
    return tuple((-1) ** n / (per ** (2 * n) * math.factorial(2 * n)) for n in range(TERMS))


_LAWS: dict[LensModel, _Law] = {
    LensModel.EQUIDISTANT: _Law(lambda t: t, lambda t: 1.0, lambda s: s, 360.0),
    LensModel.EQUISOLID: _Law(
        lambda t: 2 * np.sin(t / 2), lambda t: math.cos(t / 2), lambda s: 2 * np.arcsin(s / 2), 360.0, (_sine(2), (1.0,))
    ),
    LensModel.STEREOGRAPHIC: _Law(
        lambda t: 2 * np.tan(t / 2), lambda t: math.cos(t / 2) ** -2, lambda s: 2 * np.arctan(s / 2), 340.0, (_sine(2), _cosine(2))
    ),
    LensModel.ORTHOGRAPHIC: _Law(np.sin, math.cos, lambda s: np.arcsin(np.minimum(s, 1)), 180.0, (_sine(), (1.0,))),
}


def _kannala_brandt(k: tuple[float, ...], half: float) -> _Law:
    """The polynomial law; its inverse starts from a table over ``[0, half]`` and is polished by three Newton steps."""
    k1, k2, k3, k4 = (*k, 0.0, 0.0, 0.0, 0.0)[:4]

    def shape(t: Array) -> Array:
        q = t * t
        return t * (1 + q * (k1 + q * (k2 + q * (k3 + q * k4))))

    def derivative(t: Any) -> Any:
        q = t * t
        return 1 + q * (3 * k1 + q * (5 * k2 + q * (7 * k3 + q * 9 * k4)))

    knots = np.linspace(0.0, half, 1025)
    if not np.all(derivative(knots) > 0):
        raise InvalidValue("lens", "kb:" + ",".join(map(str, k)), f"r(theta) must rise up to fov/2 = {math.degrees(half):g} degrees")
    table = shape(knots)

    def inverse(s: Array) -> Array:
        t: Array = np.interp(s, table, knots)
        for _ in range(3):
            t = t - (shape(t) - s) / derivative(t)
        return t

    return _Law(shape, derivative, inverse, 360.0, ((1.0, *k), (1.0,)))


@dataclass(frozen=True)
class Lens:
    """A lens with its image circle.

    ``fov``: full angle across the circle, 10 to 360 degrees (orthographic at most 180, stereographic 340). ``coefficients``: up to four
    numbers k1..k4, only for ``kb``. Raises InvalidValue when these do not hold or when a polynomial does not rise up to the rim.
    """

    model: LensModel
    fov: float
    circle: Circle
    coefficients: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        widest = 360.0 if self.model is LensModel.KB else _LAWS[self.model].widest
        if not 10.0 <= self.fov <= widest:
            raise InvalidValue("fov", self.fov, f"a lens of model {self.model} takes 10 to {widest:g} degrees")
        if self.model is LensModel.KB:
            if not 1 <= len(self.coefficients) <= 4 or not all(map(math.isfinite, self.coefficients)):
                raise InvalidValue("lens", self.coefficients, "kb takes one to four finite coefficients: kb:k1,k2,k3,k4")
        elif self.coefficients:
            raise InvalidValue("lens", self.coefficients, "only the model kb takes coefficients")
        assert self._law  # a polynomial that does not rise is refused here, not at the first picture

    @classmethod
    def parse(cls, text: str, fov: float, circle: Circle) -> Lens:
        """Read the command line's spelling: a model's name, or ``kb:k1,k2,k3,k4``. Raises InvalidValue."""
        model, coefficients = parse_model(text)
        return cls(model, fov, circle, coefficients)

    @cached_property
    def half(self) -> float:
        """Half the field of view in radians."""
        return math.radians(self.fov) / 2

    @cached_property
    def focal(self) -> float:
        """Source pixels per radian on the optical axis."""
        return self.circle.radius / float(self._law.shape(np.array(self.half)))

    @cached_property
    def _law(self) -> _Law:
        return _kannala_brandt(self.coefficients, self.half) if self.model is LensModel.KB else _LAWS[self.model]

    @cached_property
    def _tangent(self) -> float:
        """Source pixels per radian at the rim."""
        return self.focal * max(self._law.slope(self.half), LEAST_SLOPE)

    @cached_property
    def numbers(self) -> tuple[tuple[Terms, Terms], tuple[float, float, float, float, float]]:
        """The lens as native code takes it: the law's two series, then half the field (radians), focal length, tangent beyond the rim
        (source pixels per radian) and the circle's centre."""
        return self._law.series, (self.half, self.focal, self._tangent, self.circle.cx, self.circle.cy)

    @cached_property
    def reach(self) -> float:
        """No direction is projected farther from the origin than this, in source pixels along either axis."""
        return max(abs(self.circle.cx), abs(self.circle.cy)) + float(self.radius(np.array(math.pi)))

    def scaled(self, factor: float) -> Lens:
        """The same lens over a source picture resized by ``factor`` (pixel areas coincide, so centres move by half a pixel's growth)."""
        c = self.circle
        circle = Circle((c.cx + 0.5) * factor - 0.5, (c.cy + 0.5) * factor - 0.5, c.radius * factor)
        return Lens(self.model, self.fov, circle, self.coefficients)

    def radius(self, theta: Array) -> Array:
        """Distance from the centre in source pixels at the angle ``theta`` (radians, 0..pi) from the axis; keeps float32 as float32."""
        if self.model is LensModel.EQUIDISTANT:
            return theta * self.focal
        inside = self._law.shape(np.minimum(theta, self.half)) * self.focal
        distance: Array = inside + np.maximum(theta - self.half, 0) * self._tangent
        return distance

    def trace(self, x: Array, y: Array, z: Array) -> tuple[Array, Array, Array]:
        """Camera directions of any length, component by component, to ``(u, v, theta)``: source pixels and angle in radians."""
        across = np.sqrt(x * x + y * y + 1e-24)
        theta: Array = np.arctan2(across, z)
        stretch = self.radius(theta) / across
        return x * stretch + self.circle.cx, y * stretch + self.circle.cy, theta

    def project(self, rays: ArrayLike) -> Array:
        """Camera directions ``(..., 3)`` of any length to source pixels ``(..., 2)``. float32 stays float32 (error below 0.01 px)."""
        d = _floats(rays)
        u, v, _ = self.trace(d[..., 0], d[..., 1], d[..., 2])
        return np.stack((u, v), axis=-1)

    def unproject(self, pixels: ArrayLike) -> Array:
        """Source pixels ``(..., 2)`` to unit camera rays ``(..., 3)``. A pixel beyond every direction gives the ray straight back."""
        p = _floats(pixels)
        dx, dy = p[..., 0] - self.circle.cx, p[..., 1] - self.circle.cy
        r = np.sqrt(dx * dx + dy * dy)
        inside = self._law.inverse(np.minimum(r, self.circle.radius) / self.focal)
        theta = np.minimum(inside + np.maximum(r - self.circle.radius, 0) / self._tangent, math.pi)
        stretch = np.sin(theta) / np.maximum(r, 1e-12)
        return np.stack((dx * stretch, dy * stretch, np.cos(theta)), axis=-1)

    def theta(self, rays: ArrayLike) -> Array:
        """Angle from the optical axis in radians for camera directions ``(..., 3)``."""
        d = _floats(rays)
        angle: Array = np.arctan2(np.hypot(d[..., 0], d[..., 1]), d[..., 2])
        return angle


def default_lens(size: tuple[int, int], model: LensModel = LensModel.EQUIDISTANT, fov: float = DEFAULT_FOV) -> Lens:
    """The lens whose circle is the largest one centred in a picture of ``size`` (width, height)."""
    width, height = size
    return Lens(model, fov, Circle((width - 1) / 2, (height - 1) / 2, min(width, height) / 2))


def parse_model(text: str) -> tuple[LensModel, tuple[float, ...]]:
    """``equidistant`` or ``kb:k1,k2,k3,k4`` to the model and its coefficients. Raises InvalidValue."""
    name, _, numbers = text.strip().lower().partition(":")
    try:
        return LensModel(name), tuple(float(n) for n in numbers.split(",")) if numbers else ()
    except ValueError:
        raise InvalidValue("lens", text, f"give one of {', '.join(LensModel)}; kb as kb:k1,k2,k3,k4") from None


def _floats(values: ArrayLike) -> Array:
    array = np.asarray(values)
    return array if array.dtype == np.float32 else array.astype(np.float64, copy=False)
