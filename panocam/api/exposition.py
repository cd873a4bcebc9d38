"""The Prometheus text format, version 0.0.4: a dozen lines of grammar, so no library is needed for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Labels = Mapping[str, str]


class Kind(StrEnum):
    """Metric types that are used here."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True)
class Metric:
    """One family: its name, what it counts, and ``(suffix, labels, value)`` samples."""

    name: str
    kind: Kind
    help: str
    samples: Iterable[tuple[str, Labels, float]] = field(default_factory=tuple)


def value(name: str, kind: Kind, text: str, number: float) -> Metric:
    """A family with a single sample without labels."""
    return Metric(name, kind, text, [("", {}, number)])


def histogram(labels: Labels, bounds: Iterable[float], counts: Iterable[int], total: float) -> list[tuple[str, Labels, float]]:
    """Samples of one histogram: ``counts`` per bucket (one more than ``bounds``, not cumulative), ``total`` of the observed values."""
    samples: list[tuple[str, Labels, float]] = []
    running = 0
    for bound, count in zip([*map(_number, bounds), "+Inf"], counts, strict=True):
        running += count
        samples.append(("_bucket", {**labels, "le": bound}, running))
    return [*samples, ("_sum", labels, total), ("_count", labels, running)]


def render(metrics: Iterable[Metric]) -> str:
    """The whole exposition, families in the given order, with a final newline."""
    lines: list[str] = []
    for metric in metrics:
        lines += [f"# HELP {metric.name} {_escape(metric.help, quote=False)}", f"# TYPE {metric.name} {metric.kind}"]
        lines += [f"{metric.name}{suffix}{_labels(labels)} {_number(number)}" for suffix, labels, number in metric.samples]
    return "\n".join(lines) + "\n"


def _labels(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{_escape(text)}"' for name, text in labels.items()) + "}" if labels else ""


def _escape(text: str, quote: bool = True) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quote else text


def _number(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else repr(float(number))
