"""E-invoice XML read as invoice and items: the real dialects, the signs of red, what is refused."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hesuan.flows.adapters import einvoice_xml
from hesuan.flows.source import Source
from hesuan.schemas.fault import InputFault
from hesuan.schemas.tables.invoice import TABLE as INVOICE
from hesuan.schemas.tables.invoice_line import TABLE as INVOICE_LINE
from hesuan.validators.gate import gate

REALDATA = Path(__file__).parents[2] / "shared" / "realdata" / "einvoice"

NUMBER = "26512000000000000001"
ITEM = """<IssuItemInformation>
  <ItemName>*信息技术服务*算力服务</ItemName>
  <Quantity>100</Quantity>
  <UnPrice>10</UnPrice>
  <Amount>1000.00</Amount>
  <TaxRate>0.06</TaxRate>
  <ComTaxAm>60.00</ComTaxAm>
</IssuItemInformation>
"""
INVOICE_XML = f"""<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<EInvoice>
<Header>
<EIid>{NUMBER}</EIid>
<InherentLabel><InIssuType><LabelCode>Y</LabelCode></InIssuType></InherentLabel>
</Header>
<EInvoiceData>
<SellerInformation><SellerIdNum>S1</SellerIdNum><SellerName>算力公司</SellerName></SellerInformation>
<BuyerInformation><BuyerIdNum>B1</BuyerIdNum><BuyerName>用户公司</BuyerName></BuyerInformation>
<BasicInformation>
<TotalAmWithoutTax>1000.00</TotalAmWithoutTax>
<TotalTaxAm>60.00</TotalTaxAm>
<TotalTax-includedAmount>1060.00</TotalTax-includedAmount>
<RequestTime>2026-03-30</RequestTime>
</BasicInformation>
{ITEM}<SpecificInformation/>
<AdditionalInformation><Remark></Remark></AdditionalInformation>
</EInvoiceData>
<TaxSupervisionInfo>
<InvoiceNumber>{NUMBER}</InvoiceNumber>
<IssueTime>2026-03-31 10:08:05</IssueTime>
</TaxSupervisionInfo>
</EInvoice>
"""


def source(folder: Path, content: str | bytes) -> Source:
    path = folder / "invoice.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Source(path, "invoice.xml")


def changed(*changes: tuple[str, str]) -> str:
    """The usual invoice with pieces replaced; each piece must be there."""
    text = INVOICE_XML
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def rows(file: Source) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The invoice and its items after the gate, which must accept them all."""
    assert einvoice_xml.claims(file)
    reading = einvoice_xml.read(file).whole
    assert reading.row_count == sum(frame.height for frame in reading.frames.values())
    invoice, items = (
        gate(reading.frames["invoice"], INVOICE),
        gate(reading.frames["invoice_line"], INVOICE_LINE),
    )
    assert invoice.rejected.is_empty()
    assert items.rejected.is_empty()
    return invoice.accepted.row(0, named=True), items.accepted.rows(named=True)


def invoice(folder: Path, *changes: tuple[str, str]) -> dict[str, Any]:
    return rows(source(folder, changed(*changes)))[0]


def item(folder: Path, *changes: tuple[str, str]) -> dict[str, Any]:
    return rows(source(folder, changed(*changes)))[1][0]


def remark(text: str) -> tuple[str, str]:
    return ("<Remark></Remark>", f"<Remark>{text}</Remark>")


def fault(folder: Path, content: str) -> str:
    file = source(folder, content)
    assert einvoice_xml.claims(file)
    with pytest.raises(InputFault) as caught:
        einvoice_xml.read(file)
    assert str(caught.value).startswith("invoice.xml: ")
    return str(caught.value)


def real(name: str) -> Source:
    path = REALDATA / name
    if not path.exists():
        pytest.skip(f"没有真实发票 {name}，跳过")
    return Source(path, name)


# Real files


def test_the_ministrys_sample() -> None:
    head, items = rows(real("official-gd-special.xml"))
    assert (head["invoice_number"], head["issued_on"]) == ("23440000000000100001", date(2023, 2, 23))
    assert (head["net_yuan"], head["tax_yuan"], head["gross_yuan"]) == (2, Decimal("0.12"), Decimal("2.12"))
    assert (head["status"], head["seller_name"]) == ("normal", "示例制造集团有限公司")
    assert (head["remark"], head["contract_no"]) == ("备注内容描述", None)
    assert [line["tax_yuan"] for line in items] == [Decimal("0.12")]
    assert (items[0]["tax_rate"], items[0]["row_no"]) == (Decimal("0.06"), 64)


def test_a_real_discount_line_is_negative_and_the_invoice_stays_blue() -> None:
    head, items = rows(real("gaode-js-taxi.xml"))
    assert (head["status"], head["gross_yuan"]) == ("normal", Decimal("39.54"))
    assert (head["issued_on"], head["buyer_id"]) == (date(2026, 7, 18), "91XXXXXXXXXXXXXXXX3")
    assert [line["net_yuan"] for line in items] == [Decimal("39.35"), Decimal("-0.96")]
    assert [(line["line_no"], line["row_no"], line["quantity"]) for line in items] == [
        ("1", 44, 1),
        ("2", 55, None),
    ]
    assert sum(line["net_yuan"] for line in items) == head["net_yuan"]


# Head


def test_the_issue_time_is_the_tax_bureaus_and_else_the_requests(tmp_path: Path) -> None:
    assert invoice(tmp_path)["issued_on"] == date(2026, 3, 31)
    without = ("<IssueTime>2026-03-31 10:08:05</IssueTime>", "")
    assert invoice(tmp_path, without)["issued_on"] == date(2026, 3, 30)


def test_zeros_beyond_the_cent_are_dropped_and_nothing_else(tmp_path: Path) -> None:
    assert invoice(tmp_path, (">1060.00<", ">1060.000000<"))["gross_yuan"] == 1060
    frame = einvoice_xml.read(source(tmp_path, changed((">1060.00<", ">1060.001<")))).whole.frames["invoice"]
    assert gate(frame, INVOICE).rejected["reason_code"].to_list() == ["BAD_YUAN"]


def test_the_raw_invoice_holds_neither_items_nor_signature(tmp_path: Path) -> None:
    signed = (
        "</EInvoice>\n",
        "<TaxBureauSignature><SignatureValue>QQ==</SignatureValue></TaxBureauSignature></EInvoice>\n",
    )
    raw = einvoice_xml.read(source(tmp_path, changed(signed))).whole.frames["invoice"]["raw"].item()
    assert NUMBER in raw
    assert "IssuItemInformation" not in raw
    assert "SignatureValue" not in raw


RED_SUM = (">1060.00<", ">-1060.00<")
RED_LABEL = (">Y<", ">N<")
RED_NODE = (
    "<SpecificInformation/>",
    "<SpecificInformation><RedEInvoice><OriginalInvoiceCode>24112000000135114086</OriginalInvoiceCode>"
    "</RedEInvoice></SpecificInformation>",
)


@pytest.mark.parametrize(
    ("signs", "status", "original"),
    [
        ([], "normal", None),
        ([RED_LABEL], "red", None),
        ([RED_SUM], "red", None),
        ([RED_NODE], "red", "24112000000135114086"),
        ([RED_LABEL, RED_SUM, RED_NODE], "red", "24112000000135114086"),
        ([(">Y<", "><"), RED_SUM], "red", None),
        (
            [("<SpecificInformation/>", "<SpecificInformation><RedEInvoice/></SpecificInformation>")],
            "normal",
            None,
        ),
        ([(">1060.00<", ">-0.00<")], "normal", None),
        (
            [RED_LABEL, remark("被红冲蓝字数电票号码：26512000000000000009 红字")],
            "red",
            "26512000000000000009",
        ),
        ([remark("被红冲蓝字数电票号码：26512000000000000009 红字")], "normal", None),
    ],
)
def test_any_of_three_signs_makes_an_invoice_red(
    tmp_path: Path, signs: list[tuple[str, str]], status: str, original: str | None
) -> None:
    head = invoice(tmp_path, *signs)
    assert (head["status"], head["original_invoice_number"]) == (status, original)


@pytest.mark.parametrize(
    ("text", "contract"),
    [
        ("合同编号：HT-2026-001", "HT-2026-001"),
        ("服务说明，合同号: HT/2026/7；款已付", "HT/2026/7"),
        ("（合同编号：达算（2026）001号）", "达算（2026）001号"),
        ("合同编号：HT-1 合同编号：HT-1", "HT-1"),
        ("合同编号：HT-1 合同编号：HT-2", None),
        ("合同HT-2026-001", None),
        ("合同编号：HT-1服务期2026-03-01至2026-03-31", None),
        ("合同编号：", None),
        ("", None),
    ],
)
def test_a_contract_counts_only_where_the_remark_states_it(
    tmp_path: Path, text: str, contract: str | None
) -> None:
    head = invoice(tmp_path, remark(text))
    assert (head["contract_no"], head["remark"]) == (contract, text or None)


# Items


MARCH = (date(2026, 3, 1), date(2026, 3, 31))
FEBRUARY = (date(2026, 2, 1), date(2026, 2, 28))


@pytest.mark.parametrize(
    ("text", "name", "period"),
    [
        ("服务期：2026-03-01至2026-03-31", "*信息技术服务*算力服务", MARCH),
        ("计费期 2026年3月1日至2026年3月31日", "*信息技术服务*算力服务", MARCH),
        ("服务期：2026-03-01至2026-03-31", "*信息技术服务*算力 服务期2026/2/1至2026/2/28", FEBRUARY),
        (
            "服务期：2026-03-01至2026-03-31 服务期：2026-02-01至2026-02-28",
            "*信息技术服务*算力服务",
            (None, None),
        ),
        ("2026-03-01至2026-03-31", "*信息技术服务*算力服务", (None, None)),
        ("三月算力服务", "*信息技术服务*算力服务", (None, None)),
    ],
)
def test_a_period_counts_only_where_it_is_stated(
    tmp_path: Path, text: str, name: str, period: tuple[date | None, date | None]
) -> None:
    line = item(tmp_path, remark(text), ("*信息技术服务*算力服务", name))
    assert (line["period_from"], line["period_to"]) == period


@pytest.mark.parametrize("rate", ["0.060000", "0.06", "6%"])
def test_rates_in_any_dress_are_one_rate(tmp_path: Path, rate: str) -> None:
    assert item(tmp_path, (">0.06<", f">{rate}<"))["tax_rate"] == Decimal("0.06")


@pytest.mark.parametrize(
    ("written", "kept"),
    [("94.3396226415094", "94.339623"), ("0.0000005", "0.000001"), ("1.2345675", "1.234568"), ("10", "10")],
)
def test_prices_beyond_six_places_are_rounded_and_kept_in_raw(
    tmp_path: Path, written: str, kept: str
) -> None:
    file = source(tmp_path, changed((">10<", f">{written}<")))
    assert rows(file)[1][0]["unit_price_yuan"] == Decimal(kept)
    assert (
        f"<UnPrice>{written}</UnPrice>" in einvoice_xml.read(file).whole.frames["invoice_line"]["raw"].item()
    )


def test_items_are_numbered_and_name_their_lines(tmp_path: Path) -> None:
    items = rows(source(tmp_path, changed((ITEM, ITEM + "<!-- <IssuItemInformation> -->\n" + ITEM))))[1]
    assert [(line["line_no"], line["row_no"]) for line in items] == [("1", 16), ("2", 25)]
    assert INVOICE_XML.splitlines()[15] == "<IssuItemInformation>"


def test_items_on_one_line_are_told_apart_by_their_place(tmp_path: Path) -> None:
    text = changed((ITEM, ITEM + ITEM)).replace("\n", "")
    assert [line["row_no"] for line in rows(source(tmp_path, text))[1]] == [1, 2]


def test_an_invoice_without_items_is_an_invoice(tmp_path: Path) -> None:
    assert rows(source(tmp_path, changed((ITEM, ""))))[1] == []


def test_the_declared_encoding_does_not_matter(tmp_path: Path) -> None:
    text = changed(('encoding="utf-8"', 'encoding="GBK"'), remark("合同编号：算力字第一号"))
    head, _ = rows(source(tmp_path, text.encode("gb18030")))
    assert (head["seller_name"], head["contract_no"]) == ("算力公司", "算力字第一号")
    assert rows(source(tmp_path, b"\xef\xbb\xbf" + INVOICE_XML.encode()))[0]["seller_name"] == "算力公司"


# What is refused


def test_a_number_that_is_missing_or_differs_is_refused(tmp_path: Path) -> None:
    assert "没有发票号码" in fault(tmp_path, changed((f"<EIid>{NUMBER}</EIid>", "")))
    other = f"<InvoiceNumber>{NUMBER[:-1]}2</InvoiceNumber>"
    assert "发票号码不一致" in fault(tmp_path, changed((f"<InvoiceNumber>{NUMBER}</InvoiceNumber>", other)))


DECLARATION = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n'
BUYER = "<BuyerInformation><BuyerIdNum>B2</BuyerIdNum></BuyerInformation>"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([(DECLARATION, '<!DOCTYPE EInvoice [<!ENTITY a "x">]>')], "DTD 或实体"),
        ([(DECLARATION, '<!DOCTYPE EInvoice SYSTEM "http://example.invalid/x.dtd">')], "DTD 或实体"),
        ([("算力公司", "&undeclared;")], "XML 无法解析"),
        ([("</EInvoice>\n", "")], "XML 无法解析"),
        ([("</EInvoice>\n", "</EInvoice><EInvoice/>\n")], "XML 无法解析"),
        (
            [("<EInvoice>", "<Wrapper><EInvoice>"), ("</EInvoice>\n", "</EInvoice></Wrapper>")],
            "根元素是 Wrapper",
        ),
        ([("<EInvoice>", '<EInvoice xmlns="urn:x">')], "应为 EInvoice"),
        (
            [("<SpecificInformation/>", f"<SpecificInformation>{INVOICE_XML[56:]}</SpecificInformation>")],
            "出现 2 次",
        ),
        (
            [("<SpecificInformation/>", "<SpecificInformation><EInvoice/></SpecificInformation>")],
            "又有 EInvoice",
        ),
        ([("<SpecificInformation/>", BUYER)], "BuyerInformation 出现 2 次"),
        ([(ITEM, f"<Shown>{ITEM}</Shown>")], "不在 EInvoiceData 之下"),
        (
            [("<EInvoiceData>", "<Signed><EInvoiceData>"), ("</EInvoiceData>", "</EInvoiceData></Signed>")],
            "不在其位",
        ),
        ([("<TotalTaxAm>", "<TotalTaxAm>6.00</TotalTaxAm><TotalTaxAm>")], "TotalTaxAm 出现多次"),
        ([("<Amount>", "<Amount>1.00</Amount><Amount>")], "Amount 出现多次"),
        ([("<Header>", '<Header Id="a">'), ("<EInvoiceData>", '<EInvoiceData ID="a">')], "id 相同"),
        ([("<SpecificInformation/>", "<a>" * 50 + "</a>" * 50)], "嵌套超过 40 层"),
    ],
)
def test_hostile_or_ambiguous_xml_is_refused(
    tmp_path: Path, changes: list[tuple[str, str]], said: str
) -> None:
    assert said in fault(tmp_path, changed(*changes))


def test_nesting_a_hundred_thousand_deep_is_refused(tmp_path: Path) -> None:
    deep = "<a>" * 100_000 + "</a>" * 100_000
    assert "嵌套超过" in fault(tmp_path, changed(("<SpecificInformation/>", deep)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "发票号码,金额\n",
        "<html><body/></html>",
        "<EInvoices/>",
        "<发票><发票号码>1</发票号码></发票>",
        "x <EInvoice>",
    ],
)
def test_other_files_are_not_claimed(tmp_path: Path, text: str) -> None:
    assert not einvoice_xml.claims(source(tmp_path, text))
