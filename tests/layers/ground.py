"""Layers for tests: features brought in as an import leaves them, with defaults for all but what matters.

In: a session, a jurisdiction, a catalogue layer, shapes in metres.  Out: rows of an import, its features, pieces, coverage.
"""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

import shapely
from geoalchemy2.shape import from_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from gis.db.tables import ImportRow
from gis.jurisdictions import Jurisdiction
from gis.recordings import record
from layers.catalogue import load
from layers.tables import CoverageRow, FeatureRow

_PIECES = text(
    "INSERT INTO layer_piece (import_id, feature_id, shape, reach)"
    " SELECT import_id, id, piece, ST_Expand(piece, :reach) FROM layer_feature, ST_Subdivide(shape, :vertices) AS piece"
    " WHERE import_id = :import"
)


def bring_in(
    session: Session,
    place: Jurisdiction,
    layer: str,
    shapes: Sequence[BaseGeometry],
    *,
    labels: Sequence[str] = (),
    widths: Sequence[float | None] = (),
    attributes: Sequence[dict[str, Any]] = (),
    holds: str = "polygon",
    accuracy: float = 1.0,
    coverage: BaseGeometry | None = None,
    valid_from: date = date(2000, 1, 1),
    valid: Range[date] | None = None,
    series: str = "test",
    vertices: int = 64,
) -> ImportRow:
    """One import of a layer; a second one of the same series takes its place."""
    recording = record(session, place.code, what=f"import {layer}")
    session.execute(
        text(
            "UPDATE dataset_import SET recorded = tstzrange(lower(recorded), :instant)"
            " WHERE jurisdiction = :j AND target = :layer AND series = :series AND upper_inf(recorded)"
        ),
        {"instant": recording.instant, "j": place.code, "layer": layer, "series": series},
    )
    content = shapely.to_wkb(list(shapes)) if shapes else []
    row = ImportRow(
        jurisdiction=place.code,
        srid=place.metric,
        recording_id=recording.id,
        target=layer,
        series=series,
        file="test.gpkg",
        sha256=hashlib.sha256(b"".join([layer.encode(), *content])).hexdigest(),
        source={
            "title": f"Test {layer}",
            "publisher": "Test",
            "licence": "CC0",
            "valid_from": valid_from.isoformat(),
        },
        source_date=valid_from,
        holds=holds,
        accuracy=accuracy,
        accuracy_basis="test",
        report={},
        recorded=Range(recording.instant, None),
    )
    session.add(row)
    session.flush()
    for index, shape in enumerate(shapes):
        session.add(
            FeatureRow(
                import_id=row.id,
                srid=place.metric,
                position=index + 1,
                ref=f"{layer}-{index + 1}",
                label=labels[index] if labels else None,
                label_ml=None,
                width=widths[index] if widths else None,
                attributes=attributes[index] if attributes else {},
                shape=from_shape(shape, srid=place.metric),
                valid=valid or Range(valid_from, None),
            )
        )
    if coverage is not None:
        digest = hashlib.sha256(coverage.wkb).hexdigest()
        shape = from_shape(coverage, srid=place.metric)
        session.add(CoverageRow(import_id=row.id, srid=place.metric, digest=digest, shape=shape))
    session.flush()
    reach = max(load(place.catalogue).layer(layer).search_reach(accuracy), 30.0) * 1.002
    session.execute(_PIECES, {"reach": reach, "import": row.id, "vertices": vertices})
    return row
