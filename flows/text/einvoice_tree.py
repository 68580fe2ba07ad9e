"""An e-invoice's XML as a tree that says one thing only; what its fields mean is not known here."""

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from hesuan.flows.source import Source
from hesuan.flows.text.library_word import cause
from hesuan.schemas.fault import InputFault

ITEM = "IssuItemInformation"
DATA = "EInvoiceData"
SELLER, BUYER, BASIC, REMARKS = (
    f"{DATA}/{name}Information" for name in ("Seller", "Buyer", "Basic", "Additional")
)
LABELS, TAX_BUREAU = "Header/InherentLabel", "TaxSupervisionInfo"
# What is signed and what is shown must be one: each of these stands at most once, and only in its place.
SINGLE = ("Header", "Header/EIid", LABELS, DATA, SELLER, BUYER, BASIC, REMARKS, TAX_BUREAU)
MAY_REPEAT = (ITEM, "Additional")
DEEPEST = 40


@dataclass(frozen=True)
class Document:
    """root: the element EInvoice. item_lines: the physical line on which each item begins."""

    root: Element
    item_lines: tuple[int, ...]

    @property
    def items(self) -> list[Element]:
        return self.root.findall(f"{DATA}/{ITEM}")


def parsed(source: Source) -> Document:
    """The invoice's tree.

    Raises InputFault for a DTD or entities, broken XML, anything wrapped around the invoice, parts, fields or
    ids that stand twice or elsewhere than in their place, and nesting beyond 40 levels.
    """
    if source.text is None:
        raise InputFault(f"{source.name}: 不是可识别的文本编码，无法作为 XML 读取")
    parser, lines = DefusedXMLParser(forbid_dtd=True), []
    expat, start = parser.parser, parser.parser.StartElementHandler

    def located(tag: str, attributes: list[str]) -> Element:
        if tag == ITEM:
            lines.append(expat.CurrentLineNumber)
        return start(tag, attributes)  # type: ignore[no-any-return]

    expat.StartElementHandler = located
    try:
        parser.feed(source.text)
        root = parser.close()
    except DefusedXmlException as error:
        raise InputFault(f"{source.name}: XML 含有 DTD 或实体声明，发票文件不应有，已拒收") from error
    except ParseError as error:
        raise InputFault(f"{source.name}: XML 无法解析：{cause(error)}") from error
    _test_tree(root, source.name)
    _test_fields(root, source.name)
    return Document(root, tuple(lines))


def at(element: Element, path: str) -> str | None:
    """The trimmed text there; null where there is no element or no text."""
    return (element.findtext(path) or "").strip() or None


def written(element: Element) -> str:
    """The element as XML on one line."""
    return re.sub(r">\s+<", "><", tostring(element, encoding="unicode").strip())


def _test_tree(root: Element, name: str) -> None:
    if root.tag != "EInvoice":
        raise InputFault(f"{name}: 根元素是 {root.tag}，应为 EInvoice；请提交税务平台下载的原文件")
    layer = [root]
    for _ in range(DEEPEST):
        layer = [child for element in layer for child in element]
    if layer:
        raise InputFault(f"{name}: XML 嵌套超过 {DEEPEST} 层")
    for path in SINGLE:
        found = list(root.iter(path.rpartition("/")[2]))
        if len(found) > 1 or (found and root.find(path) is not found[0]):
            raise InputFault(f"{name}: 元素 {path} 出现 {len(found)} 次或不在其位，疑被包裹或篡改")
    if any(element is not root for element in root.iter("EInvoice")):
        raise InputFault(f"{name}: 元素 EInvoice 之内又有 EInvoice，疑被包裹或篡改")
    if len(list(root.iter(ITEM))) != len(root.findall(f"{DATA}/{ITEM}")):
        raise InputFault(f"{name}: 有 {ITEM} 不在 {DATA} 之下，疑被包裹或篡改")


def _test_fields(root: Element, name: str) -> None:
    """No field of a part twice, for one reader would show the first and another the last; no id twice."""
    for part in [part for path in (*SINGLE, f"{DATA}/{ITEM}") for part in root.findall(path)]:
        tags = [child.tag for child in part if child.tag not in MAY_REPEAT]
        twice = sorted({tag for tag in tags if tags.count(tag) > 1})
        if twice:
            raise InputFault(f"{name}: {part.tag} 之下的 {'、'.join(twice)} 出现多次")
    ids = [v for e in root.iter() for k, v in e.attrib.items() if k.rpartition("}")[2].lower() == "id"]
    if len(set(ids)) != len(ids):
        raise InputFault(f"{name}: 有两个元素的 id 相同，签名指向不明")
