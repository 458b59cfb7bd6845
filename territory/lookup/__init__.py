"""Find a commune from what someone typed: `find_communes(text)`.

The names stand in memory, folded (`index.py`). What was typed is read in several ways (`reading.py`: a code, an
arrondissement, a name and its département, a name alone); each way gives hits, of which some are names more or less
like it (`names.py`), and the hits are ranked by how sure they are (`ranking.py`).
"""

from .index import Found, current_index
from .reading import MAX_LENGTH, find_communes, resolve_commune

__all__ = ["MAX_LENGTH", "Found", "current_index", "find_communes", "resolve_commune"]
