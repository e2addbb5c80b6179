"""Coverages are shared by every thread that answers: asked at the same time, they answer as if asked one after the other."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ASK = """
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import shapely

from layers.imports import covers

angles = np.linspace(0, 2 * np.pi, 4_000, endpoint=False)
rough = 1_000 + 40 * np.sin(90 * angles)
for _ in range(12):
    coverage = shapely.Polygon(np.column_stack([rough * np.cos(angles), rough * np.sin(angles)]))
    shapely.prepare(coverage)
    plots = [shapely.Point(900 * np.cos(a), 900 * np.sin(a)).buffer(r) for a in angles[::40] for r in (5, 120)]
    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda plot: bool(covers(coverage, plot)), plots))
    assert told == [True, False] * (len(plots) // 2), told
"""


def test_a_coverage_that_many_threads_ask_at_once_answers_each() -> None:
    run = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert run.returncode == 0, run.stderr[-2000:]
