"""A seeded, synthetic local body on Kerala's ground, written as files that the ordinary import brings in."""

from layers.sample.generate import generate
from layers.sample.summary import SampleSummary, WorthTrying

__all__ = ["SampleSummary", "WorthTrying", "generate"]
