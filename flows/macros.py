"""Macros for people who query the published file, and what every macro and working table in it is.

In Chinese, because they are typed at a console; what a name means stands in the file itself as its comment.
"""

from dataclasses import dataclass

from hesuan.flows.warehouse import Connection, comment, quoted


@dataclass(frozen=True)
class Macro:
    """`heading`: the name with its parameters, as it is created in schema published."""

    heading: str
    meaning_zh: str
    body: str
    is_table: bool = True

    @property
    def name(self) -> str:
        return self.heading.split("(")[0]


MACROS = (
    Macro(
        "合同详情(编号)",
        "一份合同的三方比对，逐月（同 v_三方比对）；参数为合同编号",
        "select * from published.v_三方比对 where 合同编号 = 编号 order by 月份 nulls first, 型号, 明细",
    ),
    Macro(
        "发现(规则号)",
        "一条规则的全部发现（同 v_核验发现）；参数为规则编号",
        "select * from published.v_核验发现 where 规则 = 规则号 order by 发现编号",
    ),
    Macro(
        "复算(编号)",
        "由公布的数重算建议补贴：上限前补贴减两项核减，不予的为零；参数为申请编号，null 为全部。"
        "复算差额与分步差额（分步表末步减建议补贴）都应为零",
        """
        select
            c.claim_id as 申请编号,
            c.subsidy_before_caps_yuan as 上限前补贴,
            c.applicant_cap_cut_yuan as 单位上限核减,
            c.pool_cut_yuan as 总额核减,
            case c.disposition
                when 'reject' then 0
                else c.subsidy_before_caps_yuan - c.applicant_cap_cut_yuan - c.pool_cut_yuan
            end as 复算补贴,
            c.proposed_subsidy_yuan as 建议补贴,
            c.proposed_subsidy_yuan - case c.disposition
                when 'reject' then 0
                else c.subsidy_before_caps_yuan - c.applicant_cap_cut_yuan - c.pool_cut_yuan
            end as 复算差额,
            coalesce(w.amount_yuan, 0) - c.proposed_subsidy_yuan as 分步差额
        from published.claim as c
        left join published.waterfall as w on w.claim_id = c.claim_id and w.step = 'proposed'
        where 编号 is null or c.claim_id = 编号
        order by c.claim_id
        """,
    ),
    Macro(
        "截至(日期)",
        "先到先得的时刻在该日（北京时间，含）以前的申请，按位次累计建议补贴；各数仍是本次运行的结果",
        """
        select
            c.policy_year as 年度,
            c.queue_position as 位次,
            c.claim_id as 申请编号,
            c.applicant_name as 申领单位,
            case c.disposition when 'approve' then '建议兑现' when 'hold' then '暂缓' when 'reject' then '不予兑现' end
                as 处理建议,
            c.proposed_subsidy_yuan as 建议补贴,
            cast(sum(c.proposed_subsidy_yuan) over (
                partition by c.policy_year order by c.queue_position, c.claim_id
            ) as decimal(18, 2)) as 累计建议补贴,
            p.amount_yuan as 年度总额
        from published.claim as c
        left join published.pool as p on p.policy_year = c.policy_year
        where date '1970-01-01' + cast((epoch_us(c.queue_at) // 1000000 + 28800) // 86400 as integer)
            <= cast(日期 as date)
        order by c.policy_year, c.queue_position, c.claim_id
        """,
    ),
    Macro(
        "万元(元)",
        "元折成万元，六位小数",
        "cast(元 * 0.0001::decimal(4, 4) as decimal(18, 6))",
        is_table=False,
    ),
)
# What the rest of the file's macros do: they carry the computation, and whoever reads the file's SQL meets them.
MEANINGS = {
    "policy.cited": "条款，属于另一办法的连同其名称",
    "policy.number": "参数在某日的数值；恰有一个有效的值，否则报错",
    "policy.word": "参数在某日的文字值；恰有一个有效的值，否则报错",
    "policy.optional_number": "参数在某日的数值；没有的为空",
    "policy.optional_word": "参数在某日的文字值；没有的为空",
    "reconciled.card_hours": "卡秒折成卡时，舍去不足万分之一",
    "reconciled.card_parts": "一张卡的份数（21000）",
    "reconciled.device_class": "型号所属的加速卡类别；认不出的为 unknown，没有型号的为空",
    "reconciled.bare_name": "姓名只留文字，不分大小写",
    "reconciled.names_in": "专家一格里可能写着的姓名：按任何标点、空格分开的，按顿号一类分开的，去掉职称的",
    "reconciled.whole_months": "起止日（含）恰为几个整月，1 至 120；不是整月的为空",
    "reconciled.month_count": "起止日（含）恰为几个整月；不是整月的为 1",
    "reconciled.months_seconds": "整月的起止日（含）共多少秒；不是整月的，取起日所在月的秒数",
    "reconciled.only_one": "几个之中唯一的一个；没有或不止一个的为 unknown",
    "reconciled.card_digits": "设备编号去掉前缀与连字符",
    "reconciled.is_billable": "以此状态结束的运行可计费：不是机构原因失败或重排的",
    "reconciled.is_global": "设备编号像是全球唯一的：十六位以上的十六进制，且有四个以上不同的数字",
    "reconciled.card_of": "设备编号所在的卡（小写）；切分实例写明整卡的归到整卡",
    "reconciled.card_units": "卡数折成份（1 卡 = 21000 份）；不知道的为空",
    "reconciled.converted": "用量按换算系数折成卡秒",
    "reconciled.counted_seconds": "一条用量计入的秒数，依其结局",
    "reconciled.fate_of": "一条用量的结局：计入，或为何不计",
    "reconciled.is_red_letter": "发票是否红字：依状态，或依负数金额",
    "reconciled.is_varied": "功率有变化：平均低于最高",
    "reconciled.issue_year": "券所属的年度：生效之年，尚未生效的为申领之年",
    "reconciled.gpu_hours": "份秒折成卡时，舍去不足万分之一",
    "reconciled.millionths": "数折成百万分之一的整数",
    "reconciled.plain_number": "编号去掉全半角、大小写与空格之别",
    "reconciled.half_yuan": "百万分之一元的两倍中位数折成元",
    "reconciled.plain_name": "单位名称，括号改为半角，去掉空格",
    "reconciled.plain_word": "去掉空格、标点与大小写之别的词",
    "reconciled.price_units": "份秒乘单价，百万分之一元为单位，有上限以免溢出",
    "reconciled.local_day": "UTC 秒所在的日期（北京时间）",
    "reconciled.midnight_s": "一日的零时（北京时间），UTC 秒",
    "reconciled.whole_times": "和数里含几个整份，舍去余数",
    "reconciled.at_most": "数，两边各以所给的上限为止；未知的仍未知",
    "reconciled.words_of": "退回的一行原文里的各格，各列一次",
    "reconciled.worth": "卡秒（份）按合同的唯一卡时价折成元，截到分",
    "reconciled.local_date": "时刻所在的日期（北京时间）",
    "reconciled.ratio_cut": "部分除以全部，舍去不足万分之一",
    "reconciled.rest_of_fen": "折成分之后余下的零头",
    "reconciled.rest_of_yuan": "元不足一分的部分，折成同样的零头",
    "reconciled.cut_off": "零头之和里舍去的，不足一分的部分",
    "reconciled.share_left": "金额减去票面中他人所占的份额，舍去不足一分",
    "reconciled.summed_fen": "整分与零头相加，舍去不足一分",
    "reconciled.whole_fen": "份秒乘单价的整分",
}
# Tables that code makes and no card describes.
WORKING_TABLES = {
    "decided.evidence_row": "发现的来源行（每个发现、每个来源行一行）",
    "decided.finding": "发现（每条规则、每个未通过的对象一行）",
    "decided.open_reading": "尚未明确而会改变能否受理的解读（每笔申请、每种读法一行）",
    "decided.verdict": "结论（每条规则、每个对象一行）",
    "decided.world_claim": "各种读法之下的处理建议（每种读法、每笔申请一行）",
    "lake.input_file": "收录的文件（每个文件一行）",
    "lake.reject": "退回的行（每行一行）",
}
_SILENT = """
    select schema_name, function_name, function_type
    from duckdb_functions()
    where function_type in ('macro', 'table_macro') and not internal
        and schema_name in ('published', 'policy', 'reconciled')
    order by all
"""


def make_macros(connection: Connection) -> None:
    """Make the people's macros in schema published."""
    for macro in MACROS:
        kind = "as table" if macro.is_table else "as"
        connection.execute(f"create macro published.{macro.heading} {kind} {macro.body}")


def comment_the_rest(connection: Connection) -> None:
    """Say of every macro and working table what it is; one that nobody has described stays silent, and a test finds it."""
    for table, meaning in WORKING_TABLES.items():
        comment(connection, table, meaning, {})
    said = MEANINGS | {f"published.{macro.name}": macro.meaning_zh for macro in MACROS}
    for schema, name, function_type in connection.execute(_SILENT).fetchall():
        if f"{schema}.{name}" in said:
            kind = "macro table" if function_type == "table_macro" else "macro"
            connection.execute(f'comment on {kind} {schema}."{name}" is {quoted(said[f"{schema}.{name}"])}')
