"""What the words of the policy mean in Chinese: a panel cannot be asked to read `min_of` on a paper it signs."""

# By key, each word that schemas/policy_key.py allows.
WORDS: dict[str, dict[str, str]] = {
    "pool.limited": {"true": "设总额", "false": "不设总额"},
    "pool.exhaustion": {
        "partial_last": "最后一笔给余额",
        "all_or_nothing": "余额不足整笔的不给",
    },
    "pool.meter": {"issued": "已发放的券面", "redeemed": "已兑现的金额"},
    "threshold.scope": {"contract": "每份合同", "applicant_year": "每家申领单位全年", "claim": "每笔申请"},
    "rate.select": {"first": "取先列的", "max": "取最高的"},
    "rounding.mode": {"down": "舍去不足一分", "half_up": "四舍五入"},
    "cap.counts": {"each_ledger": "申领与兑现各计", "sum_of_both": "申领与兑现相加"},
    "cap.year": {"issue_year": "发放之年", "apply_year": "申领之年", "redeem_year": "兑现之年"},
    "cap.entity": {"legal_person": "法人", "group": "关联单位合计"},
    "base.measure": {
        "min_of": "各项取最小",
        "invoiced": "发票金额",
        "paid": "已付金额",
        "metered": "计量可支持的金额",
        "contract": "合同金额",
    },
    "base.tax": {"exclusive": "不含税", "inclusive": "含税"},
    "base.before_voucher": {"true": "用券之前", "false": "用券之后"},
    "order.key": {
        "complete_submission": "材料齐全之时",
        "submitted": "提交之时",
        "effective": "券生效之时",
    },
    "contract.cross_year": {"review": "暂缓，交专家组", "reject": "不予", "truncate": "截至当年12月31日"},
    "payment.proof": {"if_available": "提供的才核对", "required": "必须提供"},
    "evidence.structured_log": {"required": "必须", "screenshot_accepted": "截图亦可"},
    "related_party.action": {"flag": "提示并暂缓", "reject": "不予", "ignore": "不看"},
    "duplicate.action": {"flag": "提示", "reject": "不予", "offset": "冲抵"},
    "provider.location_test": {"registered": "登记在本市", "any": "不限"},
    "applicant.location_test": {"operates": "在本市经营", "registered": "登记在本市", "any": "二者之一"},
    "scope.other_items": {"review": "暂缓，交专家组", "include": "计入", "exclude": "不计"},
    "redeem.partial": {"no": "不可", "yes": "可"},
    "order.priority": {"tie_break": "时刻相同时在先", "first": "一律在先"},
    "order.monitoring": {"tie_break": "时刻相同时在先", "none": "不看"},
    "invoice.red_letter": {"amount": "按红字金额", "whole": "整票不计"},
    "invoice.after_filing": {"not_claimable": "不计", "claimable": "计入"},
    "price.basis": {"tariff_lower": "合同价与公示价取低", "contract": "合同价"},
    "price.tariff_unit": {"converted": "折算后比较", "same_unit": "只比同单位的"},
    "usage.before_listing": {"exclude": "不计", "count": "计入"},
    "usage.after_exit": {"exclude": "不计", "count": "计入"},
    "usage.before_voucher": {"review": "计入，暂缓", "count": "计入", "exclude": "不计"},
    "usage.off_list": {"exclude": "不计", "review": "计入，暂缓"},
    "usage.broken_chain": {"exclude": "不计", "review": "计入，暂缓"},
    "repeat.same_contract": {"number_or_terms": "编号相同，或条款全同", "number": "编号相同"},
    "credit.test_dates": {"every_step": "申领、提交与兑付都核对", "filing": "只在兑现时"},
    "provider.age_at": {"listing": "列入名单之日", "filing": "兑现申请之日"},
    "provider.match": {"code": "代码", "name": "名称"},
    "provider.audit_report": {"on_list": "以在名单上为准", "required": "名单须载明报备码"},
    "capacity.users": {"all": "全部用户", "subsidised": "只计补贴用户"},
    "use.by_affiliate": {"authorised": "有授权的计入", "counted": "计入"},
    "contract.signed_before": {"review": "暂缓，交专家组", "count": "计入", "reject": "不予"},
    "recovery.full_on": {"core_breach": "基本条件不成立的", "any_breach": "凡有不符的"},
    "panel.benefit": {"required": "须说明", "not_required": "不须说明"},
    "roles.payee": {"provider": "服务机构", "applicant": "申领单位"},
}


def policy_word(key: str, value: str) -> str | None:
    """None for a number, a date or a list, which speak for themselves."""
    return WORDS.get(key, {}).get(value)


def spoken(key: str, value: str) -> str:
    """For papers: the word, and the code it stands for in the policy file."""
    word = policy_word(key, value)
    return value if word is None else f"{word}（{value}）"
