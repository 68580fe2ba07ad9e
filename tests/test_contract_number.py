"""Contract numbers that differ only in width, case or blanks: told where they are looked for, never merged."""

from pathlib import Path

import pytest

from hesuan.flows.checking import checked_together
from hesuan.flows.contract_number import near_numbers, published_numbers
from hesuan.flows.warehouse import connect
from tests.city import City
from tests.night import IN_TIME, tally


def bent(*names: str, number: str = "k－a") -> City:
    """The honest city, whose contract K-a these tables write otherwise."""
    city = City().with_register().honest("a", hours=6000)
    for row in (row for name in names for row in city.rows[name]):
        row["contract_no"] = number
    return city


def handed(city: City, folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / f"{name}.csv").write_text(city.csv(name), encoding="utf-8")
    return [folder / f"{name}.csv" for name in names]


@pytest.mark.parametrize("written", ["k-a", "K－a", "Ｋ-ａ", "K - a", "K-A", "K—a", "K\u3000-a", "K−a"])
def test_width_case_blanks_and_dashes_make_numbers_alike(written: str) -> None:
    (near,) = near_numbers({written: 3}, {"K-a", "K-b"})
    assert (near.written_no, near.contract_no, near.row_count) == (written, "K-a", 3)


@pytest.mark.parametrize("written", ["K-a", "K-b", "Ka", "K-a1", "K_a", "K-а"])
def test_a_number_of_other_letters_is_another(written: str) -> None:
    assert near_numbers({written: 1}, {"K-a", "K-b"}) == ()


def test_check_holds_the_numbers_of_files_against_their_contract_table(tmp_path: Path) -> None:
    files = handed(bent("usage_interval"), tmp_path, "contract", "usage_interval", "invoice")
    contract, usage, invoice = checked_together(files)
    assert (contract.near_numbers, invoice.near_numbers) == ((), ())
    assert usage.lines()[1] == (
        "  合同编号 k－a（1 行）不在合同表；与 K-a 只差全半角、大小写或空格，不会当作同一份合同"
    )
    assert "differs from K-a only in width, case or blanks" in usage.lines(lang="en")[1]


def test_check_without_a_contract_table_says_nothing_of_numbers(tmp_path: Path) -> None:
    (usage,) = checked_together(handed(bent("usage_interval"), tmp_path, "usage_interval"))
    assert len(usage.lines()) == 1


def test_a_number_written_otherwise_is_told_on_the_claim_and_not_merged(tmp_path: Path) -> None:
    workspace = bent("contract", "contract_line").hand_in(tmp_path)
    tally(workspace, today=IN_TIME)
    with connect(workspace.newest(), read_only=True) as connection:
        ((said, english),) = connection.execute(
            "select sentence_zh, sentence_en from published.finding where rule_id = 'CON-008'"
        ).fetchall()
        rows = connection.execute(
            "select distinct file_name from published.evidence_row where finding_id = 'CON-008:C-a' order by all"
        ).fetchall()
    assert said == (
        "合同编号 K-a 不在合同表（见于兑现申请、算力券、发票、结算账单、用量记录）；"
        "与 k－a 只差全半角、大小写或空格，未当作同一份合同。"
    )
    assert english.startswith("Contract number K-a is not in the contract table (found in: claim, voucher, ")
    assert [Path(name).stem for (name,) in rows] == ["claim", "contract", "invoice", "statement", "voucher"]
    assert published_numbers(workspace.newest()) == {"k－a"}


def test_a_payment_with_the_number_in_small_letters_holds_nobody(tmp_path: Path) -> None:
    city = City().with_register().honest("a", hours=6000)
    parties = {
        "payer_id": city.rows["claim"][0]["applicant_id"],
        "payee_id": city.rows["claim"][0]["provider_id"],
    }
    city.add(
        "payment",
        payment_id="P",
        paid_on="2026-10-21",
        **parties,
        amount_yuan=63600,
        contract_no="k-a",
        invoice_number=city.rows["invoice"][0]["invoice_number"],
    )
    workspace = city.hand_in(tmp_path)
    tally(workspace, today=IN_TIME)
    with connect(workspace.newest(), read_only=True) as connection:
        found = connection.execute(
            "select disposition, proposed_subsidy_yuan from published.claim"
        ).fetchall()
        told = connection.execute("select rule_id, severity from published.finding").fetchall()
    assert [(d, str(y)) for d, y in found] == [("approve", "30000.00")]
    assert told == [("CON-008", "note")]
