"""How a table is described: columns, codes, natural keys, faults; and how files become rows and rows become files.

Pure: no Django, no database. A room declares each of its data sets once in these terms (its datasets.py); template,
import, API schema, open-data dictionary and export are all made from that one declaration.
"""

from .checking import Checked, check
from .describing import Codes, Column, Kind, Lookup, Table, both
from .faults import Fault
from .rows import Rows

__all__ = ["Checked", "Codes", "Column", "Fault", "Kind", "Lookup", "Rows", "Table", "both", "check"]
