"""What ezdxf's audit finds wrong in a document and mends, with the search for blocks that contain themselves done in one pass.

In: a document.  Out: ezdxf's own auditor with its fixes and errors; the document is changed by what it mends.  ezdxf looks for cycles anew from
every block and parses a query for each; a drawing has hundreds of blocks, most of them empty.
"""

from ezdxf.audit import AuditError, Auditor
from ezdxf.document import Drawing as Document


class _OnePass(Auditor):
    """ezdxf's auditor; the same errors in the same order."""

    def check_block_reference_cycles(self) -> None:
        """An error for every block from which a block is reached that contains itself."""
        circular = _circular(self.doc)
        for block in self.doc.blocks:
            if self.doc.blocks.key(block.name) in circular:
                self.add_error(
                    code=AuditError.INVALID_BLOCK_REFERENCE_CYCLE,
                    message=f"The block “{block.name}” contains itself.",
                    dxf_entity=block.block_record,
                )


def audit(document: Document) -> Auditor:
    """Audit a document and mend what can be mended."""
    auditor = _OnePass(document)
    auditor.run()
    return auditor


def _circular(document: Document) -> set[str]:
    """Keys of the blocks that remain when those that hold no block, or only such as were taken away, are taken away."""
    key = document.blocks.key
    left = {
        key(block.name): {key(entity.dxf.get("name", "")) for entity in block if entity.dxftype() == "INSERT"}
        for block in document.blocks
    }
    while plain := [name for name, within in left.items() if not within & left.keys()]:
        for name in plain:
            del left[name]
    return set(left)
