"""The town hall's own pages: coming in, cases, the office.

In: forms and addresses.  Out: pages and redirects; what is done is done below, in `civic.core`.
"""

from fastapi import APIRouter

from civic.core.doors.cases import router as cases
from civic.core.doors.dashboard import router as dashboard
from civic.core.doors.entrance import router as entrance
from civic.core.doors.office import router as office
from civic.core.doors.oidc import router as oidc
from civic.core.doors.paper import router as paper
from civic.core.doors.passkeys import router as passkeys
from civic.core.doors.plots import router as plots
from civic.core.privacy.routes import router as privacy

router = APIRouter()
for each in (oidc, passkeys, entrance, cases, paper, plots, office, dashboard, privacy):
    router.include_router(each)
