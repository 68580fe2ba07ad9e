"""`explain FINDING --lang en`: of a fact told in both languages the English, or its code; nothing else is left out."""

from hesuan.flows.explaining.rule import evidence_in

EVIDENCE = (
    '{"contract_no": "K", "basis_zh": "不含税金额", "basis_en": "without tax", "partial": "no",'
    ' "partial_zh": "否", "odd_reasons_zh": "单位不明", "used_yuan": null}'
)


def test_in_english_what_has_english_or_a_code_is_not_told_in_chinese_as_well() -> None:
    assert evidence_in(EVIDENCE, "en") == (
        '{"contract_no": "K", "basis_en": "without tax", "partial": "no", "odd_reasons_zh": "单位不明",'
        ' "used_yuan": null}'
    )


def test_in_chinese_the_evidence_is_as_published() -> None:
    assert evidence_in(EVIDENCE, "zh") == EVIDENCE
