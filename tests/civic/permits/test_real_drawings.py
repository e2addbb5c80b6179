"""The public drawings of Kerala, where they lie beside the checkout, filed on plots that fit them: none falls through."""

from dataclasses import replace
from pathlib import Path

import pytest
from shapely.affinity import translate
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.permits.fees import bill
from civic.permits.issuing import permit_of
from rules.plans.measure import measure
from tests.civic.permits.low_risk import a_clear_site
from tests.civic.permits.matters import a_matter

FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "plans" / "kerala"
DRAWINGS = sorted(FOLDER.glob("*.dxf")) if FOLDER.is_dir() else []
pytestmark = pytest.mark.skipif(not DRAWINGS, reason="the drawings are not beside this checkout")


@pytest.mark.parametrize("file", DRAWINGS, ids=lambda file: file.stem)
def test_a_real_drawing_goes_its_way(town: Session, body: LocalBody, tmp_path: Path, file: Path) -> None:
    content = file.read_bytes()
    drawing = measure(content)
    matter = a_matter(town, body, tmp_path)
    if drawing.plot is not None:
        drawn = drawing.plot.outline.shape
        west, south, *_ = drawn.bounds
        boundary = translate(drawn, -west, -south)
        matter.checker.site = replace(
            a_clear_site(), boundary=boundary, measured_area=boundary.area, recorded_area=boundary.area
        )
    matter.begin()
    check = matter.hand_in(content)
    assert len(check.findings) > 50
    if not check.fits:
        assert matter.desk.guards["drawing_fits"](town, matter.case)
        return
    matter.step("file", matter.licensee)
    matter.sign_both()
    told = bill(town, check)
    assert matter.case.state == ("fee_due" if told.is_told else "fee_open")
    if told.is_told:
        matter.pay()
        assert matter.case.state in ("permitted", "verifying")
        assert (permit_of(town, matter.number) is not None) is (matter.case.state == "permitted")
