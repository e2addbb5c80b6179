"""Facts on their way into the database.

In: numbers of imports, states and features with ground m².  Out: rows of `parcel_overlap`, copied in binary, packed in columns.
"""

import numpy as np
from sqlalchemy.orm import Session

from gis.db.quick import connection_of
from layers.overlaps.rings import Numbers, Places

_BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_KEYS = [
    (name, kind)
    for each in ("import", "parcel", "feature")
    for name, kind in ((f"of {each}", ">i4"), (each, ">i8"))
]
_FACT = np.dtype([("fields", ">i2"), *_KEYS, ("of area", ">i4"), ("area", ">f8")])
_UNKNOWN = np.dtype([("fields", ">i2"), *_KEYS, ("of area", ">i4")])


def put_facts(session: Session, imports: Places, parcels: Places, features: Places, areas: Numbers) -> None:
    """Write facts; an area that is no number is not known, and stands as such."""
    if not len(areas):
        return
    is_known = np.isfinite(areas)
    known = _packed(_FACT, imports[is_known], parcels[is_known], features[is_known])
    known["of area"], known["area"] = 8, areas[is_known]
    unknown = _packed(_UNKNOWN, imports[~is_known], parcels[~is_known], features[~is_known])
    unknown["of area"] = -1
    with (
        connection_of(session).cursor() as cursor,
        cursor.copy(
            b"COPY parcel_overlap (import_id, parcel_id, feature_id, area) FROM STDIN (FORMAT binary)"
        ) as copy,
    ):
        for part in (_BEGIN, known.tobytes(), unknown.tobytes(), _END):
            copy.write(part)


def _packed(kind: np.dtype[np.void], *keys: Places) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    rows = np.empty(len(keys[0]), dtype=kind)
    rows["fields"] = 4
    for name, values in zip(("import", "parcel", "feature"), keys, strict=True):
        rows[f"of {name}"], rows[name] = 8, values
    return rows
