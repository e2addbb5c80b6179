"""A seeded, synthetic local body on Kerala's ground, written as files that the ordinary import brings in."""

from layers.sample.generate import SampleSummary, WorthTrying, generate

__all__ = ["SampleSummary", "WorthTrying", "generate"]
