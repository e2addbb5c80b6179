"""What the map needs to know, as one JSON value in its page.

In: the page and the catalogue.  Out: `map_settings`, plain values for `static/map.js`; addresses are relative to this host.
"""

from web.answers import CatalogueView, MapLayer
from web.languages import Language, Wording
from web.templating import Page


def map_settings(page: Page, catalogue: CatalogueView, t: Wording) -> dict[str, object]:
    """Tiles, layers, bounds and words of the map."""
    bounds = page.place.bounds if page.place else None
    return {
        "code": page.code,
        "tiles": f"/tiles/{page.code}/{{z}}/{{x}}/{{y}}.mvt",
        "version": catalogue.version,
        "bounds": [bounds.west, bounds.south, bounds.east, bounds.north] if bounds else None,
        "moment": dict(page.moment.query),
        "label": "label_ml" if page.language is Language.MALAYALAM else "label",
        "layers": [_layer(layer, t) for layer in catalogue.layers if layer.has_data],
        "words": t.part("map.js"),
    }


def _layer(layer: MapLayer, t: Wording) -> dict[str, object]:
    return {
        "id": layer.id,
        "title": t.of(layer.title),
        "fill": layer.fill,
        "line": layer.line,
        "symbol": layer.symbol,
        "role": layer.role,
        "shown": layer.shown,
    }
