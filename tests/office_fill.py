"""Run by LibreOffice's own Python: open a workbook, type into cells, save it as .xlsx again.

usage: python3 office_fill.py PORT SOURCE TARGET CELLS.json, where CELLS is a list of [sheet, cell, text].
A cell that is locked stays as it is, as it does for a person.
"""

import json
import sys
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

TRIES, PAUSE_SECONDS = 120, 0.5


def desktop(port: str):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    address = f"uno:socket,host=127.0.0.1,port={port};urp;StarOffice.ComponentContext"
    for _ in range(TRIES):
        try:
            context = resolver.resolve(address)
        except NoConnectException:
            time.sleep(PAUSE_SECONDS)
            continue
        return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    raise SystemExit("LibreOffice does not answer")


def main(port: str, source: str, target: str, cells: str) -> None:
    office = desktop(port)
    hidden = PropertyValue(Name="Hidden", Value=True)
    book = office.loadComponentFromURL(Path(source).absolute().as_uri(), "_blank", 0, (hidden,))
    for sheet, cell, text in json.loads(Path(cells).read_text(encoding="utf-8")):
        # As typed: setFormula reads a number where a person's typing would be read as one.
        book.Sheets.getByName(sheet).getCellRangeByName(cell).setFormula(text)
    kind = PropertyValue(Name="FilterName", Value="Calc MS Excel 2007 XML")
    book.storeToURL(Path(target).absolute().as_uri(), (kind,))
    book.close(True)
    office.terminate()


if __name__ == "__main__":
    main(*sys.argv[1:])
