"""What ezdxf raises on entities that are damaged, and how to ask one for an attribute without being stopped.

In: an entity of a file that may be damaged.  Out: its attribute or a default. ezdxf's own errors and the plain ones its parsers let
through have no common family; each catcher names the entity that raised them.
"""

from typing import Any

from ezdxf.document import Drawing as Document
from ezdxf.entities.dxfentity import DXFEntity
from ezdxf.layouts.blocklayout import BlockLayout
from ezdxf.lldxf.const import DXFError

DAMAGE = (DXFError, ArithmeticError, ValueError, TypeError, LookupError, AttributeError, AssertionError)


def blocks_in(document: Document) -> dict[str, BlockLayout]:
    """The blocks of a document by name as written, without layouts and without those whose definition is lost."""
    found = {}
    for record in document.block_records:
        block = getattr(record, "block_layout", None)
        if isinstance(block, BlockLayout) and not block.is_any_layout:
            found[str(block.name)] = block
    return found


def attribute(entity: DXFEntity, name: str, default: Any) -> Any:
    """An attribute of an entity, or the default where its type has none of that name."""
    there = vars(entity.dxf)
    if name in there:  # as `get` finds it, hundreds of thousands of times a drawing
        return there[name]
    try:
        return entity.dxf.get(name, default)
    except DXFError:
        return default
