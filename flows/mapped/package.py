"""An XLSX file as the package of parts that it is: opened only where it is whole, harmless and unambiguous."""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, ElementTree

from hesuan.flows.mapped.sheet_xml import blank_strings, check_sheet
from hesuan.flows.text.library_word import cause
from hesuan.flows.text.unpack import MOST_BYTES, MOST_SWELLING
from hesuan.schemas.fault import InputFault

ARCHIVE = b"PK\x03\x04"
# Sheets prepared for a million empty rows swell far; below this size that does no harm.
SMALL_BYTES = 64 * 1024 * 1024
# What zipfile and the XML parser raise: encryption is a RuntimeError, an unknown encoding a LookupError.
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, LookupError, ValueError)
# Within a number format: what is quoted or stands behind a backslash.
_PRINTED = re.compile(r'"[^"]*"|\\.')


@dataclass(frozen=True)
class Package:
    """sheets: name → XML of the worksheets; blank_strings: numbers of shared strings that hold nothing.

    percent_styles: numbers of the cell styles that show 0.975 as 97.5%.
    """

    sheets: dict[str, bytes]
    blank_strings: frozenset[bytes]
    starts_in_1904: bool
    percent_styles: frozenset[bytes]


def is_package(content: bytes) -> bool:
    """Begins like a ZIP and has the parts of a workbook, be it cut short."""
    return content.startswith(ARCHIVE) and b"[Content_Types].xml" in content and b"xl/work" in content


def opened(content: bytes, *, place: str) -> Package:
    """Raises InputFault for a package that is damaged, encrypted, a bomb, or has a DOCTYPE in its XML."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive, len(content), place=place)
            damaged = archive.testzip()
            if damaged is not None:
                raise InputFault(f"{place}: 工作簿已损坏（{damaged} 校验不符），请重新另存")
            return _package(archive, place=place)
    except (ParseError, DefusedXmlException) as error:
        raise InputFault(f"{place}: 工作簿内部结构有误（{cause(error)}），请重新另存为 .xlsx") from error
    except BROKEN as error:
        raise InputFault(f"{place}: 工作簿已损坏或加密（{cause(error)}），请重新另存为 .xlsx") from error


def _check_parts(archive: zipfile.ZipFile, size: int, *, place: str) -> None:
    names = archive.namelist()
    if len(set(names)) < len(names):
        raise InputFault(f"{place}: 工作簿里有同名的部件，取哪个不明，已拒收")
    total = sum(entry.file_size for entry in archive.infolist())
    if total > min(MOST_BYTES, max(SMALL_BYTES, size * MOST_SWELLING)):
        raise InputFault(f"{place}: 工作簿解开后有 {total} 字节（文件仅 {size} 字节），疑为压缩炸弹，已拒收")


def _package(archive: zipfile.ZipFile, *, place: str) -> Package:
    main = next((target for target in _targets(archive, "").values() if "workbook" in target), "")
    book = ElementTree.fromstring(archive.read(main))
    targets = _targets(archive, main)
    named = [(e.attrib["name"], _attribute(e, "id")) for e in book.iter() if e.tag.endswith("}sheet")]
    sheets = {name: archive.read(targets[part]) for name, part in named}
    if len(sheets) < len(named):
        raise InputFault(f"{place}: 有同名的工作表，取哪张不明，已拒收")
    for name, xml in sheets.items():
        check_sheet(xml, place=f"{place} 工作表“{name}”")
    strings = next((archive.read(part) for part in targets.values() if "sharedStrings" in part), b"")
    first = any(e.tag.endswith("}workbookPr") and e.get("date1904") in ("1", "true") for e in book.iter())
    styles = next((archive.read(part) for part in targets.values() if "styles" in part), b"")
    return Package(sheets, blank_strings(strings), first, _percent_styles(styles))


def _percent_styles(xml: bytes) -> frozenset[bytes]:
    """ECMA-376 part 1, 18.8.30: formats 9 and 10 are percentages, and own ones with a % outside what is only printed."""
    if not xml:
        return frozenset()
    styles = ElementTree.fromstring(xml)
    own = (e for e in styles.iter() if e.tag.endswith("}numFmt"))
    percent = {"9", "10"}
    percent |= {e.get("numFmtId", "") for e in own if "%" in _PRINTED.sub("", e.get("formatCode", ""))}
    cells = next((e for e in styles.iter() if e.tag.endswith("}cellXfs")), ())
    return frozenset(str(at).encode() for at, e in enumerate(cells) if e.get("numFmtId") in percent)


def _targets(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    """Relationship id → path in the package, of the relationships of `part` ('' is the package itself)."""
    folder, _, name = part.rpartition("/")
    path = f"{folder}/_rels/{name}.rels".lstrip("/")
    found = {}
    for each in ElementTree.fromstring(archive.read(path)):
        target = each.attrib["Target"]
        found[each.attrib["Id"]] = (
            target.lstrip("/") if target.startswith("/") or not folder else f"{folder}/{target}"
        )
    return found


def _attribute(element: Element, ending: str) -> str:
    """The attribute r:id, whatever its namespace (strict and transitional documents differ)."""
    return next((value for name, value in element.attrib.items() if name.endswith("}" + ending)), "")
