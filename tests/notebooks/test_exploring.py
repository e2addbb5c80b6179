"""A table draws itself: coloured by a column, over other tables, with a legend that a person can read."""

import geopandas
import pandas as pd
import pytest
import shapely

from api.notebook import maps
from gis.errors import Invalid, TooLarge


def plots(words: int) -> geopandas.GeoDataFrame:
    """Plots side by side, each with a word of its own; the first word stands twice."""
    column = [f"zone {each:02}" for each in range(words)] + ["zone 00"]
    ground = [
        shapely.box(76.3 + each / 1000, 9.9, 76.3005 + each / 1000, 9.9005) for each in range(len(column))
    ]
    found = geopandas.GeoDataFrame({"zone": column}, geometry=ground, crs="EPSG:4326")
    found.attrs = {"title": {"en": "Plots"}, "place": "kl-sample", "on": "2026-11-01", "synthetic": True}
    return found


@pytest.mark.parametrize("words", [maps.MOST_WORDS, maps.MOST_WORDS + 1])
def test_a_legend_names_as_many_words_as_can_be_told_apart(words: int) -> None:
    page = plots(words).bhumika.explore("zone").get_root().render()
    legend = page[page.index("<details open") : page.index("</details>")]
    others = words - maps.MOST_WORDS + 1 if words > maps.MOST_WORDS else 0
    assert legend.count("<li") == min(words, maps.MOST_WORDS)
    assert (f">{others} others" in legend) == (others > 0)
    assert ">zone 00<" in legend
    assert maps.OTHERS in page if others else maps.OTHERS not in page


def test_a_table_is_drawn_over_others_as_show_draws_it() -> None:
    one, other = plots(3), plots(2)
    other.attrs["title"] = {"en": "Ground"}
    page = one.bhumika.explore(over=other).get_root().render()
    assert page.index(">Ground<") < page.index(">Plots<")
    assert "imperial: false" in page
    with pytest.raises(Invalid, match="no column"):
        one.bhumika.explore("storeys")


def test_a_table_without_shapes_or_with_too_many_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Invalid, match="no shapes"):
        pd.DataFrame({"number": ["1/1"]}).bhumika.explore()
    monkeypatch.setattr(maps, "MOST_SHAPES", 3)
    plots(2).bhumika.explore()
    with pytest.raises(TooLarge):
        plots(3).bhumika.explore()
