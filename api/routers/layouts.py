"""Layouts and subdivisions of land for programs: send the division as it is drawn, get what rule 31 says of it.

In: JSON (`rules.layout_document`) as the body of a POST.  Out: JSON (`bhumika-layout-1`); errors as problem+json.
"""

from typing import Any

import orjson
from fastapi import APIRouter, Depends
from fastapi.responses import Response

from api.dependencies import only_known_words
from api.documented import sent_as
from api.routers.reckoned import BookDep
from rules.layout_document import LayoutDrawn, document

router = APIRouter(prefix="/api/rules", tags=["rules"], dependencies=[Depends(only_known_words)])
JSON = "application/json"
Told: dict[int | str, dict[str, Any]] = sent_as(JSON)


@router.post("/layout", response_class=Response, responses=Told)
def layout(drawn: LayoutDrawn, book: BookDep) -> Response:
    """Measure a layout and judge every plot, street, splay and open space by the rules of a day; nothing is kept or filed."""
    return Response(orjson.dumps(document(drawn, book)), media_type=JSON)
