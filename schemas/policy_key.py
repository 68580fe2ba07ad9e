"""Every key that the engine understands in a policy file: what its value may be. One line, one key."""

from dataclasses import dataclass
from decimal import Decimal

BIGGEST = Decimal(10**11)
"""Beyond this an amount or count is a slip of the pen, and SQL could not hold its product."""


@dataclass(frozen=True)
class PolicyKey:
    """One key. kind: yuan, ratio, count, days, number, word, list, shares, text, date, flag (see policy_value).

    words: the only values of a word; of a list or of shares, the only items (empty: any).
    places: decimal places at most; a ratio has six, because the engine reckons in whole millionths.
    needed: every file must say it. unless: (key, value) that lifts the need and then forbids the key.
    """

    name: str
    kind: str
    words: tuple[str, ...] = ()
    unit: str = ""
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    places: int = 0
    needed: bool = True
    unless: tuple[str, str] | None = None


def _number(
    name: str,
    kind: str,
    unit: str,
    places: int,
    *,
    at_least: int = 0,
    at_most: Decimal = BIGGEST,
    needed: bool = True,
    unless: tuple[str, str] | None = None,
) -> PolicyKey:
    return PolicyKey(
        name,
        kind,
        unit=unit,
        at_least=Decimal(at_least),
        at_most=at_most,
        places=places,
        needed=needed,
        unless=unless,
    )


def _yuan(name: str, *, needed: bool = True, unless: tuple[str, str] | None = None) -> PolicyKey:
    return _number(name, "yuan", "元", 2, needed=needed, unless=unless)


def _ratio(name: str, *, needed: bool = True) -> PolicyKey:
    return _number(name, "ratio", "比率", 6, at_most=Decimal(1), needed=needed)


def _ratio_within(name: str, least: str, most: str) -> PolicyKey:
    return PolicyKey(
        name, "ratio", unit="比率", at_least=Decimal(least), at_most=Decimal(most), places=6, needed=False
    )


def _count(name: str, unit: str, *, at_least: int = 0, needed: bool = True) -> PolicyKey:
    return _number(name, "count", unit, 0, at_least=at_least, needed=needed)


def _days(name: str, *, needed: bool = True) -> PolicyKey:
    return _number(name, "days", "天", 0, at_most=Decimal(3660), needed=needed)


def _hours(name: str, *, needed: bool = True) -> PolicyKey:
    return _number(name, "number", "卡时", 4, needed=needed)


def _word(name: str, words: str, *, needed: bool = True) -> PolicyKey:
    return PolicyKey(name, "word", tuple(words.split()), needed=needed)


def _list(name: str, words: str = "", *, needed: bool = True) -> PolicyKey:
    return PolicyKey(name, "list", tuple(words.split()), needed=needed)


def _numbers(name: str, places: int, *, least: str, most: str, needed: bool = True) -> PolicyKey:
    return PolicyKey(
        name, "numbers", at_least=Decimal(least), at_most=Decimal(most), places=places, needed=needed
    )


def _shares(name: str, words: str, *, needed: bool = True) -> PolicyKey:
    return PolicyKey(name, "shares", tuple(words.split()), needed=needed)


def _text(name: str, *, needed: bool = True) -> PolicyKey:
    return PolicyKey(name, "text", needed=needed)


def _date(name: str, *, needed: bool = True) -> PolicyKey:
    return PolicyKey(name, "date", needed=needed)


def _flag(name: str, *, needed: bool = True) -> PolicyKey:
    return PolicyKey(name, "flag", needed=needed)


# needed=False: data/house.toml says it where a file does not, or it is read by policy.optional_number / optional_word,
# or no relation reads it as yet.
_ALL = (
    _flag("pool.limited", needed=False),
    _yuan("pool.amount_yuan", unless=("pool.limited", "false")),
    _word("pool.exhaustion", "partial_last all_or_nothing"),
    _shares("pool.cofunding", "state province city county", needed=False),
    _yuan("threshold.amount_yuan"),
    _word("threshold.scope", "contract applicant_year claim"),
    _ratio("rate.subsidy_ratio"),
    _word("rate.select", "first max", needed=False),
    _word("rounding.mode", "down half_up"),
    _yuan("cap.applicant_year_yuan"),
    _word("cap.counts", "each_ledger sum_of_both"),
    _word("cap.year", "issue_year apply_year redeem_year"),
    _word("cap.entity", "legal_person group"),
    _count("repeat.claims_per_contract", "次", at_least=1),
    _word("base.measure", "min_of invoiced paid metered contract"),
    _word("base.tax", "exclusive inclusive"),
    _flag("base.before_voucher"),
    _word("order.key", "complete_submission submitted effective"),
    _word("contract.cross_year", "review reject truncate"),
    _date("contract.sign_from", needed=False),
    _date("programme.notice_on", needed=False),
    _count("contract.max_months", "月", at_least=1, needed=False),
    _count("provider.min_registered_years", "年"),
    _text("provider.region_prefix"),
    _word("payment.proof", "if_available required"),
    _yuan("payment.short_tolerance_yuan"),
    _word("evidence.structured_log", "required screenshot_accepted"),
    _hours("metering.tolerance_hours"),
    _ratio("metering.tolerance_ratio"),
    _count("metering.overlap_slack_seconds", "秒"),
    _count("metering.clock_shift_tolerance_seconds", "秒"),
    _count("metering.export_end_count", "条"),
    _number("metering.final_day", "count", "日", 0, at_least=1, at_most=Decimal(28), needed=False),
    _yuan("invoice.line_tax_tolerance_yuan"),
    _numbers("invoice.vat_rates", 3, least="0", most="1"),
    _yuan("invoice.total_tolerance_yuan"),
    _yuan("reconcile.amount_tolerance_yuan"),
    _ratio("reconcile.amount_tolerance_ratio"),
    _ratio("reconcile.unit_ratio_tolerance"),
    _list("reconcile.unit_ratios"),
    _ratio("price.tariff_tolerance_ratio"),
    _days("voucher.redeem_grace_days"),
    _days("voucher.late_filing_days"),
    _word("related_party.action", "flag reject ignore"),
    _word("duplicate.action", "flag reject offset", needed=False),
    _ratio("duplicate.combined_ratio_max", needed=False),
    _word("provider.location_test", "registered any", needed=False),
    _word("applicant.location_test", "operates registered any"),
    _days("applicant.new_days"),
    _yuan("applicant.new_subsidy_yuan"),
    _word("scope.other_items", "review include exclude"),
    _list("scope.excluded_words"),
    _list("scope.compute_words"),
    _list("scope.support_words"),
    _list("scope.goods_tax_prefixes"),
    _ratio("scope.support_share_max"),
    _days("contract.split_days"),
    _numbers("contract.split_limits_yuan", 2, least="0.01", most=str(BIGGEST)),
    _word("redeem.partial", "no yes"),
    _count("order.clock_slack_seconds", "秒"),
    _count("order.sequence_count", "张"),
    _ratio("order.sequence_share"),
    _count("order.burst_applicants", "家"),
    _count("order.burst_seconds", "秒"),
    _list("recovery.list_words"),
    _yuan("cross_year.award_change_yuan"),
    _yuan("subsidy.tolerance_yuan"),
    _count("metering.id_count", "个"),
    _ratio("metering.id_density"),
    _count("metering.id_gap_count", "个"),
    _ratio("metering.sequence_gap_ratio", needed=False),
    _days("payment.return_days", needed=False),
    _count("payment.return_hops", "手", needed=False),
    _ratio("payment.return_leg_ratio", needed=False),
    _ratio("payment.return_ratio", needed=False),
    _days("metering.twin_days", needed=False),
    _count("metering.twin_samples", "个", needed=False),
    _ratio("metering.repeat_share", needed=False),
    _days("metering.format_days", needed=False),
    _ratio("metering.format_ratio", needed=False),
    _ratio("related_party.min_share_ratio"),
    _count("related_party.address_firms_max", "家"),
    _list("related_party.state_words"),
    _ratio("trade.leg_ratio", needed=False),
    _count("trade.leg_max", "手", at_least=2, needed=False),
    _ratio("trade.resale_ratio", needed=False),
    _count("access.session_count", "次", needed=False),
    _count("access.signal_count", "种", at_least=1, needed=False),
    _ratio("access.other_ratio", needed=False),
    _ratio("access.own_ratio", needed=False),
    _list("access.public_domains", needed=False),
    _count("access.key_sessions", "次", needed=False),
    _count("access.key_parties_max", "家", at_least=1, needed=False),
    _count("related_party.preparer_count", "家", at_least=2, needed=False),
    _word("order.priority", "tie_break first", needed=False),
    _word("order.monitoring", "tie_break none", needed=False),
    _word("pool.meter", "issued redeemed", needed=False),
    _word("invoice.red_letter", "amount whole", needed=False),
    _word("invoice.after_filing", "not_claimable claimable", needed=False),
    _days("invoice.prepaid_days", needed=False),
    _days("invoice.year_lag_days", needed=False),
    _list("invoice.prepaid_words", needed=False),
    _list("invoice.postpaid_words", needed=False),
    _count("invoice.split_count", "张发票", at_least=2, needed=False),
    _days("invoice.split_days", needed=False),
    _numbers("invoice.split_limits_yuan", 2, least="0.01", most=str(BIGGEST), needed=False),
    _word("price.basis", "tariff_lower contract", needed=False),
    _word("price.tariff_unit", "converted same_unit", needed=False),
    _word("usage.before_listing", "exclude count", needed=False),
    _word("usage.after_exit", "exclude count", needed=False),
    _word("usage.before_voucher", "review count exclude", needed=False),
    _word("usage.off_list", "exclude review", needed=False),
    _word("usage.broken_chain", "exclude review", needed=False),
    _word("repeat.same_contract", "number_or_terms number", needed=False),
    _word("credit.test_dates", "every_step filing", needed=False),
    _word("provider.age_at", "listing filing", needed=False),
    _word("provider.match", "code name", needed=False),
    _word("provider.audit_report", "on_list required", needed=False),
    _word("capacity.users", "all subsidised", needed=False),
    _word("use.by_affiliate", "authorised counted", needed=False),
    _word("contract.signed_before", "review count reject", needed=False),
    _word("recovery.full_on", "core_breach any_breach", needed=False),
    _numbers("recovery.recheck_months", 0, least="1", most="120", needed=False),
    _yuan("summary.tolerance_yuan", needed=False),
    _yuan("summary.rounding_yuan", needed=False),
    _list("clause.rebate_words", needed=False),
    _list("clause.subsidy_words", needed=False),
    _list("clause.spared_words", needed=False),
    _list("clause.refusal_words", needed=False),
    _ratio("clause.credit_ratio_max", needed=False),
    _count("evidence.gap_seconds_max", "秒", needed=False),
    _ratio("evidence.gap_ratio_max", needed=False),
    _ratio("capacity.device_tolerance_ratio", needed=False),
    _count("capacity.envelope_days", "天", at_least=1, needed=False),
    _ratio("capacity.envelope_power_ratio", needed=False),
    _ratio("capacity.envelope_memory_ratio", needed=False),
    _number("energy.pue_min", "number", "倍", 3, at_least=1, at_most=Decimal(10), needed=False),
    _ratio("price.voucher_excess_ratio", needed=False),
    _count("price.voucher_peer_count", "份", at_least=1, needed=False),
    _ratio("metering.sample_coverage_min", needed=False),
    _ratio("metering.energy_tolerance_ratio", needed=False),
    _ratio("metering.energy_day_share_min", needed=False),
    _days("metering.energy_off_days", needed=False),
    _ratio("metering.energy_off_share_max", needed=False),
    _ratio("metering.power_over_tdp_ratio", needed=False),
    _count("metering.temperature_low_c", "℃", needed=False),
    _count("metering.temperature_high_c", "℃", needed=False),
    _ratio("metering.impossible_share_max", needed=False),
    # Only hours within these bounds are kept to be judged (reconciled.contrary_hour).
    _ratio_within("metering.contrary_busy_ratio", "0.9", "1"),
    _ratio_within("metering.contrary_idle_ratio", "0", "0.05"),
    _number("metering.contrary_idle_watts", "count", "瓦", 0, at_most=Decimal(20), needed=False),
    _ratio_within("metering.contrary_tdp_ratio", "0.5", "1"),
    _ratio("metering.contrary_share_max", needed=False),
    _ratio("usage.idle_share_min", needed=False),
    _ratio("usage.idle_memory_ratio", needed=False),
    _hours("usage.idle_gpu_hours", needed=False),
    _days("usage.idle_days", needed=False),
    _count("usage.idle_fleet_hours", "卡小时", needed=False),
    _days("usage.late_days", needed=False),
    _ratio("usage.late_share_min", needed=False),
    _days("usage.late_window_days", needed=False),
    _count("usage.surge_times", "倍", at_least=1, needed=False),
    _number("usage.surge_from_month", "count", "月份", 0, at_least=1, at_most=Decimal(11), needed=False),
    _count("usage.surge_months", "个月", at_least=1, needed=False),
    _ratio("usage.surge_capacity_min", needed=False),
    _days("price.notice_days", needed=False),
    _ratio("price.notice_rise_ratio", needed=False),
    _count("price.notice_count", "份", at_least=1, needed=False),
    _ratio("pool.provider_share_max", needed=False),
    _count("pool.provider_count", "家", at_least=2, needed=False),
    _ratio("bunching.band_ratio", needed=False),
    _count("bunching.least_count", "个", at_least=1, needed=False),
    _ratio("bunching.chance_max", needed=False),
    _word("panel.benefit", "required not_required"),
    _count("panel.reason_min_chars", "字"),
    _word("roles.payee", "provider applicant"),
)
POLICY_KEYS = {key.name: key for key in _ALL}
