"""The doors of building permits: to begin, to hand in and sign, to ask and decide.

In: forms and addresses below `/town/{body}/permits`.  Out: pages and redirects; what is done is done in `civic.permits`.
"""

from fastapi import APIRouter

from civic.permits.doors.agencies import router as agencies
from civic.permits.doors.appeals import router as appeals
from civic.permits.doors.begin import router as begin
from civic.permits.doors.office import router as office
from civic.permits.doors.papers import router as papers
from civic.permits.doors.party import router as party
from civic.permits.doors.refusals import router as refusals

router = APIRouter()
for each in (agencies, begin, party, papers, office, appeals, refusals):
    router.include_router(each)
