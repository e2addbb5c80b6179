"""The extract on paper: an A4 PDF with map and legend, in English or Malayalam.

In: an `Extract` (shapes in the jurisdiction's metric system).  Out: the bytes of a PDF/A-2a and PDF/UA-1 file, the same
for the same extract.  Words stand in `words.yaml`, the layout in the `.typ` files; nothing here holds the clock.
"""

from web.print.pdf import extract_pdf
from web.print.scene import Surrounding, reach

__all__ = ["Surrounding", "extract_pdf", "reach"]
