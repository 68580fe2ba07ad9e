"""A published database of four claims, small enough to add up in the head, hostile where a file may be.

Rows are written as text: cells parted by |, an empty cell is null, a column that is not named is null.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from hesuan.flows.warehouse import connect

HOSTILE_NAME = '<script>alert("甲")</script>&<img src=http://evil.example/x.png>\u202e公司'
HOSTILE_CLAIM = '../../申请/"><b>K3</b>'
CLAIM_COUNT = 4
# Words that the rows below stand in for.
LONG = {"K_hostile": HOSTILE_CLAIM, "N_hostile": HOSTILE_NAME}

TABLES = """
create schema published;
create table published.run (
    run_id varchar, as_of date, policy_id varchar, policy_title varchar, policy_status varchar,
    policy_sha256 varchar, code_sha256 varchar, figure_sha256 varchar, input_count bigint,
    claim_count bigint, an_extra_column varchar
);
create table published.claim (
    run_id varchar, claim_id varchar, voucher_id varchar, contract_no varchar, applicant_id varchar,
    provider_id varchar, claimed_cost_yuan decimal(18, 2), claimed_subsidy_yuan decimal(18, 2),
    contract_gpu_hours decimal(18, 4), billed_gpu_hours decimal(18, 4), metered_gpu_hours decimal(18, 4),
    active_gpu_hours decimal(18, 4), invoiced_net_yuan decimal(18, 2),
    invoiced_gross_yuan decimal(18, 2), paid_yuan decimal(18, 2), recognised_cost_yuan decimal(18, 2),
    subsidy_before_caps_yuan decimal(18, 2), applicant_cap_cut_yuan decimal(18, 2),
    pool_cut_yuan decimal(18, 2), proposed_subsidy_yuan decimal(18, 2), disposition varchar,
    reasons varchar[], queue_position bigint, evidence_grade varchar, applicant_name varchar,
    provider_name varchar
);
create table published.claim_state (claim_id varchar, figures_sha256 varchar, check_code varchar);
create table published.claim_check (
    claim_id varchar, rule_id varchar, severity varchar, verdict varchar, subject_count bigint
);
create table published.contract_use_day (
    contract_no varchar, usage_on date, counted_gpu_hours decimal(18, 4),
    uncounted_gpu_hours decimal(18, 4), record_count bigint, unknown_card_record_count bigint
);
create table published.waterfall (
    claim_id varchar, step_no integer, step varchar, article varchar, amount_yuan decimal(18, 2),
    note_zh varchar, title_zh varchar
);
create table published.reading (
    claim_id varchar, reading_key varchar, reading_value varchar, is_default boolean,
    disposition varchar, proposed_subsidy_yuan decimal(18, 2)
);
create table published.finding (
    finding_id varchar, run_id varchar, rule_id varchar, severity varchar, verdict varchar,
    subject_kind varchar, subject_id varchar, claim_id varchar, contract_no varchar, provider_id varchar,
    applicant_id varchar, amount_at_risk_yuan decimal(18, 2), sentence_zh varchar, sentence_en varchar,
    evidence json, article varchar
);
create table published.evidence_row (
    finding_id varchar, file_sha256 varchar, file_name varchar, row_no bigint, "values" json
);
create table published.coverage (
    rule_id varchar, pass_count bigint, flag_count bigint, unknown_count bigint,
    not_applicable_count bigint
);
create table published.pool (
    policy_year integer, amount_yuan decimal(18, 2), committed_yuan decimal(18, 2),
    redeemed_yuan decimal(18, 2), proposed_yuan decimal(18, 2), remaining_yuan decimal(18, 2)
);
create table published.reject (
    file_sha256 varchar, file_name varchar, sheet varchar, row_no bigint, table_name varchar,
    reason_code varchar, reason_zh varchar, raw varchar
);
create table published.input_file (
    file_sha256 varchar, sm3 varchar, file_name varchar, byte_count bigint, kind varchar,
    adapter varchar, row_count bigint, accepted_count bigint, rejected_count bigint,
    duplicate_count bigint, formula_count bigint, status varchar, first_seen_at timestamptz,
    unread_columns varchar[], corrected_by_sha256 varchar
);
create table published.rule (
    rule_id varchar, title_zh varchar, title_en varchar, article varchar, severity varchar,
    status varchar, subject varchar, because_zh varchar, because_en varchar, innocent_zh varchar[],
    policy_keys varchar[], select_sql varchar
);
create table published.rule_fact (rule_id varchar, fact_no bigint, fact varchar, meaning_zh varchar);
create table published.provider (
    provider_id varchar, provider_name varchar, listed_on date, delisted_on date, registered_on date,
    registered_region varchar, is_monitored boolean, audit_report_code varchar
);
create table published.log_day (
    provider_id varchar, log_on date, state varchar, file_count bigint, contract_count bigint
);
create table published.capacity_day (
    provider_id varchar, device_model varchar, usage_on date, used_gpu_hours decimal(18, 4),
    unknown_card_record_count bigint, installed_card_count bigint, capacity_gpu_hours decimal(18, 4)
);
create table published.price_line (
    contract_no varchar, line_no varchar, provider_id varchar, signed_on date, service_item varchar,
    device_model varchar, unit varchar, unit_price decimal(18, 6), tariff_price decimal(18, 6)
);
create table published.provider_coverage (
    rule_id varchar, provider_id varchar, pass_count bigint, flag_count bigint, unknown_count bigint,
    not_applicable_count bigint
);
create table published.usage_overlap (
    provider_id varchar, device_uuid varchar, started_at timestamptz, ended_at timestamptz,
    card_seconds bigint, parties varchar[]
);
create table published.usage_gap (
    provider_id varchar, device_uuid varchar, started_at timestamptz, ended_at timestamptz,
    card_seconds bigint, parties varchar
);
create table published.parameter (
    key varchar, value varchar, unit varchar, valid_from date, valid_to date, article varchar,
    quote_zh varchar, house_reason_zh varchar, reading varchar, title_zh varchar
);
create table published.dictionary (
    relation varchar, column_name varchar, data_type varchar, meaning_zh varchar
);
create table published.reconciliation (
    contract_no varchar, line_no varchar, month varchar, service_item varchar, device_model varchar,
    unit varchar, contract_gpu_hours decimal(18, 4), billed_gpu_hours decimal(18, 4),
    metered_gpu_hours decimal(18, 4), active_gpu_hours decimal(18, 4), billed_yuan decimal(18, 2),
    invoiced_gross_yuan decimal(18, 2), paid_yuan decimal(18, 2), variance_gpu_hours decimal(18, 4),
    variance_cause_zh varchar, overlap_gpu_hours decimal(18, 4)
, device_class varchar);
"""

ROWS = {
    "run": """
run_id       | as_of      | policy_id   | policy_title         | policy_status | input_count | claim_count
3f9a0c41d7e2 | 2026-09-16 | dazhou-2026 | 达州市算力券管理办法 | draft         | 4           | 4
""",
    "claim": """
claim_id    | contract_no | applicant_id | provider_id | disposition | reasons            | queue_position
DZ2026-0001 | HT-2026-001 | U1           | P1          | approve     | []                 | 1
DZ2026-0002 | HT-2026-002 | U2           | P1          | approve     | [REC-003]          | 2
K_hostile   | HT-2026-003 | U3           | P2          | hold        | [MTR-015, MTR-004] | 3
DZ2026-0004 | HT-2026-001 | U1           | P1          | reject      | [CON-002]          | 4
""",
    "claim_state": """
claim_id    | check_code
DZ2026-0001 | 0000000000000001
DZ2026-0002 | 12e4567890123456
K_hostile   | 0000000000000003
DZ2026-0004 | 0000000000000004
""",
    "claim_check": """
claim_id    | rule_id | severity | verdict        | subject_count
DZ2026-0001 | CON-002 | block    | pass           | 1
DZ2026-0001 | PRC-001 | note     | not_applicable | 1
DZ2026-0002 | CON-002 | block    | pass           | 1
DZ2026-0002 | REC-003 | adjust   | flag           | 1
DZ2026-0002 | PRC-001 | note     | pass           | 2
DZ2026-0002 | PRC-001 | note     | flag           | 1
K_hostile   | MTR-004 | hold     | flag           | 1
K_hostile   | MTR-015 | hold     | unknown        | 1
DZ2026-0004 | CON-002 | block    | flag           | 1
""",
    "contract_use_day": """
contract_no | usage_on   | counted_gpu_hours | uncounted_gpu_hours | record_count | unknown_card_record_count
HT-2026-002 | 2026-03-30 | 600.0000          | 0.0000              | 3            | 0
HT-2026-002 | 2026-03-31 | 500.0000          | 100.2500            | 4            | 0
HT-2026-002 | 2026-04-02 | 300.0000          | 0.0000              | 2            | 0
HT-2026-003 | 2026-04-01 |                   |                     | 5            | 5
""",
    "waterfall": """
claim_id    | step_no | step          | title_zh         | article  | amount_yuan | note_zh
DZ2026-0001 | 1       | claimed       | 申报实际费用     |          | 120000.00   | 申请所报
DZ2026-0001 | 2       | invoiced      | 以发票为限       | 第十二条 | 113207.55   | 2 张发票，红字 0 张
DZ2026-0001 | 3       | half          | 按比例计算的补贴 | 第七条   | 56603.77    | 舍去不足一分
DZ2026-0001 | 4       | proposed      | 建议补贴         | 第七条   | 56603.77    |
DZ2026-0002 | 1       | claimed       | 申报实际费用     |          | 1080000.10  | 申请所报
DZ2026-0002 | 2       | invoiced      | 以发票为限       | 第十二条 | 1018867.92  |
DZ2026-0002 | 3       | metered       | 再以计量为限     | 第十二条 | 993396.22   | 计量卡时乘合同单价
DZ2026-0002 | 4       | half          | 按比例计算的补贴 | 第七条   | 496698.11   | 舍去不足一分
DZ2026-0002 | 5       | applicant_cap | 单位年度上限之后 | 第七条   | 450000.00   | 在先已占用 50,000.00 元
DZ2026-0002 | 6       | proposed      | 建议补贴         | 第七条   | 450000.00   |
K_hostile   | 1       | claimed       | 申报实际费用     |          | 90000.00    | 申请所报
K_hostile   | 2       | metered       | 再以计量为限     | 第十二条 |             | 计量缺失，未作核减
K_hostile   | 3       | proposed      | 建议补贴         | 第七条   | 45000.00    | 暂缓，金额为保留额
DZ2026-0004 | 1       | claimed       | 申报实际费用     |          | 120000.00   | 申请所报
DZ2026-0004 | 2       | proposed      | 建议补贴         | 第七条   | 0.00        | 建议不予
""",
    "reading": """
claim_id    | reading_key | reading_value | is_default | disposition | proposed_subsidy_yuan
DZ2026-0001 | base.tax    | exclusive     | true       | approve     | 56603.77
DZ2026-0001 | base.tax    | inclusive     | false      | approve     | 60000.00
DZ2026-0002 | cap.year    | issue_year    | true       | approve     | 450000.00
""",
    "finding": """
rule_id | severity | verdict | subject_id    | claim_id    | contract_no | provider_id | amount_at_risk_yuan
CON-002 | block    | flag    | DZ2026-0004   | DZ2026-0004 | HT-2026-001 | P1          | 56603.77
REC-003 | adjust   | flag    | DZ2026-0002   | DZ2026-0002 | HT-2026-002 | P1          | 25471.70
MTR-004 | hold     | flag    | GPU-e268      | K_hostile   | HT-2026-003 | P2          | 6.00
MTR-015 | hold     | unknown | K_hostile     | K_hostile   | HT-2026-003 | P2          |
PRC-001 | note     | flag    | HT-2026-002#1 | DZ2026-0002 | HT-2026-002 | P1          |
MTR-004 | hold     | flag    | GPU-f001      |             |             | P1          | 12.00
""",
    "evidence_row": """
finding_id          | file_sha256 | file_name         | row_no | values
CON-002:DZ2026-0004 | a           | 兑现申请.xlsx     | 3      | {"claim_id":"DZ2026-0001"}
CON-002:DZ2026-0004 | a           | 兑现申请.xlsx     | 6      | {"claim_id":"DZ2026-0004"}
REC-003:DZ2026-0002 | b           | usage.log         | 1204   | {"ended_at":null}
MTR-004:GPU-e268    | c           | 巴渠/<b>a</b>.csv | 1024   | {"tenant":"</td><script>x</script>"}
MTR-004:GPU-e268    | c           | 巴渠/<b>a</b>.csv | 77     | {"value":"110101199003071233"}
MTR-004:GPU-f001    | b           | usage.log         | 9      | {"tenant":"t-9","card_count":1.10}
""",
    "coverage": """
rule_id | pass_count | flag_count | unknown_count | not_applicable_count
CON-002 | 3          | 1          | 0             | 0
REC-003 | 2          | 1          | 1             | 0
MTR-004 | 510        | 2          | 0             | 0
MTR-015 | 3          | 0          | 1             | 0
PRC-001 | 2          | 1          | 0             | 1
""",
    "pool": """
policy_year | amount_yuan | committed_yuan | redeemed_yuan | proposed_yuan | remaining_yuan
2026        | 3000000.00  | 1765203.77     | 1213600.00    | 551603.77     | 1234796.23
""",
    "rule": """
rule_id | title_zh           | article            | severity | status  | subject       | innocent_zh
CON-002 | 合同重复申领       | 第七条             | block    | active  | claim         | [框架与订单同号]
REC-003 | 账单超出计量       | 第十二条           | adjust   | active  | claim         | [按分配计费, 时钟差]
MTR-004 | 同卡同时段计入两方 | 第十二条、第十五条 | hold     | active  | device        | [MIG切分, 迁移]
MTR-015 | 计量日志缺失       | 第十二条           | hold     | active  | claim         | [日志服务器迁移]
PRC-001 | 单价与公示不一致   | 第九条             | note     | trial   | contract_line | [长期合同折扣]
CAP-001 | 用量超过设备清单   | 第九条             | hold     | retired | provider      | [设备清单未更新]
""",
    "parameter": """
key                  | value     | unit | article | quote_zh                      | house_reason_zh
pool.amount_yuan     | 3000000   | 元   | 第七条  | 每年发放算力券总额不超过300万 |
rate.subsidy_ratio   | 0.50      | 比率 | 第七条  | 对其实际发生费用的50%予以     |
base.tax             | exclusive |      |         |                               | 进项税可抵扣；条文未写明。
metering.slack_ratio | 0.01      | 比率 |         |                               | 舍入与口径差异。
panel.reason_min_chars | 10      | 字   |         |                               | 一句话说明。
""",
    "dictionary": """
relation | column_name    | meaning_zh
pool     | committed_yuan | 已生效或已兑现券面合计，元
pool     | proposed_yuan  | 本次建议（含暂缓保留）合计，元
claim    | evidence_grade | 证据等级：E0 只有截图或材料，E2 有调度或平台记录
""",
    "input_file": """
file_sha256 | file_name         | kind           | adapter | row_count | accepted_count | status
a           | 兑现申请.xlsx     | claim          | mapped  | 5         | 4              | read
b           | usage.log         | usage_interval | sacct   | 81230     | 81216          | read
c           | 巴渠/<b>a</b>.csv | usage_interval | mapped  | 2000      | 1998           | read
d           | 巴渠/日志截图.zip |                |         |           |                | refused
""",
    "reject": """
file_sha256 | file_name     | sheet    | row_no | table_name     | reason_code | reason_zh | raw
a           | 兑现申请.xlsx | 兑现申请 | 5      | claim          | BAD_YUAN    | 不是金额  | １２ <u>甲</u>
b           | usage.log     |          | 8      | usage_interval | BAD_AT      | 不是时刻  | =cmd(),昨天
""",
    "reconciliation": """
contract_no | line_no | month   | contract_gpu_hours | billed_gpu_hours | metered_gpu_hours | billed_yuan
HT-2026-001 | 1       | 2026-03 | 4000               | 4000             | 4000.75           | 60000.00
HT-2026-001 | 1       | 2026-04 | 4000               | 4000             | 4000.75           | 60000.00
HT-2026-002 | 1       | 2026-03 |                    | 30000            | 30000             | 540000.00
HT-2026-002 | 1       | 2026-04 |                    | 30000            | 28500             | 540000.00
HT-2026-003 | 1       |         | 6000               |                  |                   |
HT-2026-003 | 1       | 2026-04 |                    | 3000             | 2990              | 45000.00
HT-2026-003 | 1       | 2026-05 |                    | 3000             |                   | 45000.00
HT-2026-003 |         | 2026-06 |                    |                  |                   |
""",
    "rule_fact": """
rule_id | fact_no | fact              | meaning_zh
REC-003 | 1       | billed_gpu_hours  | 计费卡时，小时
REC-003 | 2       | metered_gpu_hours | 计量卡时（已扣除重叠），小时
""",
    "provider": """
provider_id | provider_name                | listed_on  | registered_on | registered_region | is_monitored
P1          | 川东智算中心（达州）有限公司 | 2026-01-15 | 2019-05-16    | 511702            | true
P2          |                              |            |               |                   |
""",
    "log_day": """
provider_id | log_on     | state    | file_count | contract_count
P1          | 2026-03-01 | arrived  | 2          | 2
P1          | 2026-03-02 | late     | 1          | 2
P1          | 2026-03-03 | missing  | 0          | 2
P1          | 2026-03-04 | missing  | 0          | 2
P1          | 2026-03-05 | missing  | 0          | 2
P1          | 2026-03-07 | arrived  | 1          | 2
""",
    "capacity_day": """
provider_id | device_model | usage_on   | used_gpu_hours | unknown_card_record_count | installed_card_count | capacity_gpu_hours
P1          | A800         | 2026-03-01 | 96             | 0                         | 8                    | 192
P1          | A800         | 2026-03-02 | 192.0001       | 0                         | 8                    | 192
P1          | A800         | 2026-03-07 | 192            | 2                         | 8                    | 192
P2          | L40S         | 2026-04-01 | 10             | 0                         |                      |
""",
    "price_line": """
contract_no | line_no | provider_id | signed_on  | service_item | device_model | unit | unit_price | tariff_price
HT-2026-001 | 1       | P1          | 2026-02-01 | 智算租用     | A800         | 卡时 | 15              | 16.5
HT-2026-002 | 1       | P1          | 2026-02-01 | 智算租用     | A800         | 卡时 | 18              | 16.5
HT-2026-003 | 1       | P2          | 2026-03-01 | 智算租用     | L40S         | 卡时 | 12.345678       |
""",
    "provider_coverage": """
rule_id | provider_id | pass_count | flag_count | unknown_count | not_applicable_count
REC-003 | P1          | 1          | 1          | 1             | 4
MTR-004 | P1          | 3          | 0          | 0             | 0
MTR-004 | P2          | 0          | 1          | 0             | 0
""",
    "usage_overlap": """
provider_id | device_uuid | started_at             | ended_at               | card_seconds | parties
P2          | GPU-e268    | 2026-05-03 11:00:00+08 | 2026-05-03 11:30:00+08 | 1800         | [HT-2026-003, t-9]
""",
}
# More cells of rows above, or of every row: SQL, where another text table would not fit a line.
MORE = """
update published.run set policy_sha256 = repeat('d', 64), code_sha256 = repeat('e', 64),
    figure_sha256 = repeat('f', 64);
update published.claim_state set figures_sha256 = check_code || repeat('0', 48);
update published.claim set run_id = '3f9a0c41d7e2', voucher_id = 'SLQ-' || queue_position;
update published.claim set evidence_grade = 'E2' where claim_id <> 'K_hostile';
update published.claim set
    provider_name = if(provider_id = 'P1', '川东智算中心（达州）有限公司', '巴渠超算有限公司');
update published.claim set applicant_name = case applicant_id
    when 'U1' then '达州巴山新材料科技有限公司' when 'U2' then '达州宏信息科技有限公司' else 'N_hostile' end;
update published.claim set applicant_cap_cut_yuan = 0, pool_cut_yuan = 0;
update published.claim set claimed_cost_yuan = 120000, claimed_subsidy_yuan = 60000,
    contract_gpu_hours = 8000, billed_gpu_hours = 8000, metered_gpu_hours = 8001.5,
    active_gpu_hours = 7600.25,
    invoiced_net_yuan = 113207.55, invoiced_gross_yuan = 120000, paid_yuan = 120000,
    recognised_cost_yuan = 113207.55, subsidy_before_caps_yuan = 56603.77,
    proposed_subsidy_yuan = if(queue_position = 1, 56603.77, 0)
where applicant_id = 'U1';
update published.claim set claimed_cost_yuan = 1080000.10, claimed_subsidy_yuan = 540000.05,
    contract_gpu_hours = 60000, billed_gpu_hours = 60000, metered_gpu_hours = 58500,
    invoiced_net_yuan = 1018867.92, invoiced_gross_yuan = 1080000, recognised_cost_yuan = 993396.22,
    subsidy_before_caps_yuan = 496698.11,
    applicant_cap_cut_yuan = 46698.11, proposed_subsidy_yuan = 450000
where applicant_id = 'U2';
update published.claim set claimed_cost_yuan = 90000, claimed_subsidy_yuan = 45000, billed_gpu_hours = 6000,
    invoiced_gross_yuan = 90000, subsidy_before_caps_yuan = 45000, proposed_subsidy_yuan = 45000
where applicant_id = 'U3';
update published.finding as f set finding_id = rule_id || ':' || subject_id, run_id = '3f9a0c41d7e2',
    article = (select r.article from published.rule as r where r.rule_id = f.rule_id);
update published.finding set sentence_zh = case subject_id
    when 'DZ2026-0004' then '合同 HT-2026-001 已由申请 DZ2026-0001 申领，本申请为第二次。'
    when 'DZ2026-0002' then '账单 60,000.0000 卡时，计量 58,500.0000 卡时，超出容许差 600.0000 卡时。'
    when 'GPU-e268' then 'GPU-e268 在 2026-05-03 11:00:00 至 11:30:00 同时计入 N_hostile 与另一租户。'
    when 'GPU-f001' then 'GPU-f001 在 2026-06-01 00:00:00 至 01:00:00 同时计入两个未申领的租户。'
    when 'HT-2026-002#1' then '合同单价 18.000000 元/卡时，公示标准 19.500000 元/卡时。'
    else '2026年5月没有机器可读的计量日志。' end;
update published.finding set applicant_id = 'U3' where claim_id = 'K_hostile';
update published.finding set evidence = '{"overlap_seconds":1800}' where rule_id = 'MTR-004';
update published.parameter set valid_from = '2026-01-01', reading = if(key = 'base.tax', 'R10', null);
alter table published.rule add column unknown_zh varchar[];
alter table published.rule add column unknown_en varchar[];
update published.rule set unknown_zh = ['账单 {billed_gpu_hours} 卡时，没有计量。请补交日志。', '没有账单。请补交账单。'],
    unknown_en = ['Billed {billed_gpu_hours}, not metered. Please add the log.', 'No bill. Please add it.']
where rule_id = 'REC-003';
update published.rule set because_zh = '账单 {billed_gpu_hours} 卡时，计量 {metered_gpu_hours} 卡时。',
    policy_keys = ['metering.slack_ratio'], select_sql = 'select
    claim_id as subject_id,
    case
        when contract_no is null then ''not_applicable''
        -- More than was metered.
        when billed > metered then ''flag''
        when billed <= metered then ''pass''
        else ''unknown''
    end as verdict
from reconciled.claim_paper'
where rule_id = 'REC-003';
update published.input_file set byte_count = 1024, duplicate_count = if(file_sha256 = 'c', 2, 0),
    rejected_count = row_count - accepted_count - if(file_sha256 = 'c', 2, 0);
update published.input_file set duplicate_count = null where row_count is null;
update published.input_file set unread_columns = ['备注', '<u>卡</u>'] where file_sha256 = 'c';
update published.reconciliation set service_item = '智算租用', device_model = 'A800', device_class = 'GPU', unit = '卡时'
where line_no is not null;
update published.reconciliation set variance_gpu_hours = billed_gpu_hours - metered_gpu_hours;
update published.reconciliation set active_gpu_hours = 3800.125, invoiced_gross_yuan = 60000,
    paid_yuan = 60000
where contract_no = 'HT-2026-001';
update published.reconciliation set variance_cause_zh = '没有计量日志'
where metered_gpu_hours is null and month = '2026-05';
update published.reconciliation set overlap_gpu_hours = 10, variance_cause_zh = '同卡重叠'
where metered_gpu_hours = 2990;
update published.reconciliation set invoiced_gross_yuan = 90000 where line_no is null;
"""


@contextmanager
def city() -> Iterator[duckdb.DuckDBPyConnection]:
    """An open connection; `published` holds four claims: one plain, one capped, one held, one repeated."""
    with connect() as connection:
        connection.execute(TABLES)
        for relation, text in ROWS.items():
            _insert(connection, relation, text)
        connection.execute(_spelled_out(MORE))
        _spell_hashes_out(connection)
        yield connection


def _insert(connection: duckdb.DuckDBPyConnection, relation: str, text: str) -> None:
    names, *rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    columns = ", ".join(f'"{name}"' for name in names)
    places = ", ".join("?" * len(names))
    cells = [[_spelled_out(cell) or None for cell in row] for row in rows]
    connection.executemany(f"insert into published.{relation} ({columns}) values ({places})", cells)


def _spelled_out(text: str) -> str:
    for short, long in LONG.items():
        text = text.replace(short, long)
    return text


def _spell_hashes_out(connection: duckdb.DuckDBPyConnection) -> None:
    """One letter stands for 64 of it."""
    for relation in ("evidence_row", "input_file", "reject"):
        connection.execute(f"update published.{relation} set file_sha256 = repeat(file_sha256, 64)")
