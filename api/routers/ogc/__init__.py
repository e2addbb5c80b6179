"""Land for the tools that GIS people have: OGC API Features, Parts 1 to 3, with Tiles, Styles and Records beside it.

In: nothing.  Out: the router of all doors under /ogc.
"""

from fastapi import APIRouter

from api.routers.ogc import downloads, drawn, items, records, service

router = APIRouter()
for each in (service.router, items.router, downloads.router, drawn.router, records.router):
    router.include_router(each)
