"""The policy inside the database: schema policy with its parameters and the macros that SQL asks for values."""

from decimal import Decimal

import polars as pl

from hesuan.flows.reference.cited import foreign_instrument
from hesuan.flows.reference.rate import load_rate_tables
from hesuan.flows.warehouse import Connection, comment, quoted
from hesuan.schemas.own_sql import carried_out
from hesuan.schemas.policy import Parameter, Policy

COLUMNS = {
    "key": "参数键",
    "title_zh": "名称",
    "value": "值（文字形式）",
    "number": "值（数值形式）；不是数值的为空",
    "unit": "单位",
    "valid_from": "生效日",
    "valid_to": "失效日（不含）；空为仍有效",
    "article": "条款",
    "quote_zh": "原文",
    "house_reason_zh": "自定理由",
    "reading": "解读编号",
    "alternatives": "文本容许的其他读法",
    "is_assumed": "公开材料未见，为假定",
}
# A date before the instrument took effect asks for its first values: such a claim is judged, not a reason to stop.
_OF_THE_DAY = """(
    select case
        when count({column}) between {least} and 1 then any_value({column})
        else error('policy key ' || k || ': ' || count({column}) || ' values in force, 1 expected')
    end
    from policy.parameter as p
    where p.key = k
        and p.valid_from <= greatest(d, (select valid_from from policy.instrument))
        and (p.valid_to is null or greatest(d, (select valid_from from policy.instrument)) < p.valid_to)
)"""
# Known while the query is planned: it costs no join, where the other costs one for every key a query asks for.
_OF_THE_SESSION = "coalesce(getvariable('policy')[k].{column}, {none})"
_NONE = {0: "null", 1: "error('policy key ' || k || ': 0 values in force, 1 expected')"}
_ASKED = (
    ("number", "number", 1),
    ("word", "value", 1),
    ("optional_number", "number", 0),
    ("optional_word", "value", 0),
)


def load_policy_tables(connection: Connection, policy: Policy) -> None:
    """Make policy.instrument, policy.parameter and the macros policy.number(key, day), policy.word(key, day).

    Both raise in SQL unless exactly one value is in force on the day; policy.optional_number and
    policy.optional_word are null where none is. policy.cited(article) names the instrument that has it, where that is
    another. Where no value ever changed they answer from the session (see
    keep_in_session). Rate tiers: policy.rate_tier and policy.rate_condition.
    """
    connection.execute("create schema policy")
    _instrument(connection, policy)
    connection.register(
        "parameter_rows", pl.DataFrame([_row(p) for p in policy.parameters], infer_schema_length=None)
    )
    connection.execute(f"""
        create table policy.parameter as
        select * replace (
            cast(number as decimal(38, 10)) as number,
            cast(valid_to as date) as valid_to,
            cast(alternatives as varchar[]) as alternatives
        )
        from (select {", ".join(COLUMNS)} from parameter_rows)
        order by key, valid_from
    """)
    connection.unregister("parameter_rows")
    comment(connection, "policy.parameter", "办法参数与解读（每键每有效期一行）", COLUMNS)
    load_rate_tables(connection, policy)
    if _is_steady(policy):
        keep_in_session(connection)
        _macros(connection, _OF_THE_SESSION)
    else:
        macros_for_readers(connection)


def keep_in_session(connection: Connection) -> None:
    """The value of every key that still holds, where the macros of a run look: needed anew in every connection, and
    whenever policy.parameter was changed or the change was rolled back.
    """
    connection.execute("""
        set variable policy = (
            select map(list(key), list({'number': number, 'value': value})) from policy.parameter where valid_to is null
        )
    """)


def macros_for_readers(connection: Connection) -> None:
    """The macros as the published file has them: by the day, from the table alone."""
    _macros(connection, _OF_THE_DAY)


def _is_steady(policy: Policy) -> bool:
    """Every value has held since the instrument took effect and still does."""
    return all(p.valid_to is None and p.valid_from <= policy.valid_from for p in policy.parameters)


def _macros(connection: Connection, body: str) -> None:
    for macro, column, least in _ASKED:
        answer = body.format(column=column, least=least, none=_NONE[least])
        carried_out(connection, f"create or replace macro policy.{macro}(k, d) as {answer}")


def _instrument(connection: Connection, policy: Policy) -> None:
    columns = {
        "policy_id": "办法编号",
        "title_zh": "名称",
        "issuer": "发布机关",
        "number": "文号",
        "status": "状态：draft 征求意见稿，final 正式",
        "text_sha256": "原文的 SHA-256；未取得原文的为空",
        "policy_sha256": "参数文件的 SHA-256",
        "valid_from": "生效日",
        "valid_to": "失效日（不含）",
    }
    connection.execute(
        "create table policy.instrument as select ?::varchar as policy_id, ?::varchar as title_zh, ?::varchar as issuer,"
        " ?::varchar as number, ?::varchar as status, ?::varchar as text_sha256, ?::varchar as policy_sha256,"
        " ?::date as valid_from, ?::date as valid_to",
        [
            policy.id,
            policy.title_zh,
            policy.issuer,
            policy.number,
            policy.status,
            policy.text_sha256,
            policy.sha256,
            policy.valid_from,
            policy.valid_to,
        ],
    )
    comment(connection, "policy.instrument", "执行的办法（一行）", columns)
    named = foreign_instrument(policy)
    cited = "article" if named is None else f"{quoted(named)} || article"
    carried_out(connection, f"create macro policy.cited(article) as {cited}")


def _row(parameter: Parameter) -> dict[str, object]:
    value = parameter.value
    return {
        "key": parameter.key,
        "title_zh": parameter.title_zh,
        "value": parameter.written,
        "number": str(value) if isinstance(value, Decimal) else None,
        "unit": parameter.unit,
        "valid_from": parameter.valid_from,
        "valid_to": parameter.valid_to,
        "article": parameter.article,
        "quote_zh": parameter.quote_zh,
        "house_reason_zh": parameter.house_reason_zh,
        "reading": parameter.reading,
        "alternatives": list(parameter.alternatives),
        "is_assumed": parameter.is_assumed,
    }
