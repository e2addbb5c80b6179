"""The tables of plots and of places of the sample.

In: the town, its addresses and names.  Out: `parcels.fgb` with the register's columns, `places.fgb` with names to find.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

from layers.sample.buildings import Buildings
from layers.sample.gazetteer import gazetteer_of
from layers.sample.ground import Floats, place_facts
from layers.sample.ground_sheets import village_name
from layers.sample.register import LAND_TYPES, Texts, village_code
from layers.sample.streets import Addresses, Streets
from layers.sample.tables import write_table
from layers.sample.town import Town


def write_parcels(
    folder: Path, town: Town, addresses: Addresses, *, metric: int, told: Callable[[int], None]
) -> None:
    """Every plot with its number, ULPIN, land type, recorded area and address."""
    register, place, n = town.register, place_facts(), len(town.shapes)
    villages, codes = (
        np.array([name(i) for i in range(register.villages)], dtype=object)[register.village]
        for name in (lambda i: village_name(i).en, village_code)
    )
    block, survey, subdivision = (
        column.astype(str).astype(object)
        for column in (register.block, register.survey, register.subdivision)
    )
    columns = {
        "number": pa.array(codes + "-" + block + "/" + survey + "-" + subdivision),
        "district": pa.array([place["district_en"]] * n),
        "taluk": pa.array([place["taluk_en"]] * n),
        "village": pa.array(villages),
        "block": pa.array(block),
        "survey": pa.array(survey),
        "subdivision": pa.array(subdivision),
        "ulpin": pa.array(_ulpins(n)),
        "land_type": pa.array(np.array(LAND_TYPES, dtype=object)[register.land_type]),
        "recorded_are": _ares(register.recorded_are),
        "address": pa.array(addresses.english),
    }
    write_table(folder / "parcels.fgb", town.shapes, columns, metric=metric, told=told)


def _ares(values: Floats) -> pa.Array:
    """Ares with two decimals, as the register writes them; null where nothing is recorded."""
    return pa.array(np.char.mod("%.2f", values).astype(object), mask=np.isnan(values))


def _ulpins(n: int) -> Texts:
    """SYN and eleven digits: unlike any real one, and no two alike; one plot in thirty has none yet."""
    serial = (np.arange(1, n + 1, dtype=np.int64) * 7_368_787 + 1_234_567) % 99_999_999_977
    texts = np.char.add("SYN", np.char.zfill(serial.astype(str), 11)).astype(object)
    texts[29::30] = None
    return np.asarray(texts)


def write_places(
    folder: Path, town: Town, streets: Streets, buildings: Buildings, addresses: Addresses, *, metric: int
) -> None:
    """Names of the town, its wards, villages, roads, landmarks and houses, in both scripts."""
    names = gazetteer_of(town, streets, buildings, addresses)
    columns = {"name_en": names.english, "name_ml": names.malayalam, "kind": names.kind}
    write_table(folder / "places.fgb", names.points, columns, metric=metric)
