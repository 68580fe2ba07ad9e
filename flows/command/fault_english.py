"""Faults and notes of the command line in English: what stands in Chinese, {} for what differs → the English.

Only what a person at the terminal brings about is here; test_language.py finds a usage fault that lacks. Faults of
files, and why rows are refused, stand in the catalogue that the pages share (reports/wording/english.py).
"""

import re
from functools import cache

ENGLISH = {
    "{}: 不是工作区（没有 inbox 文件夹）；请先运行 hesuan init": "{}: not a workspace (no inbox folder); run hesuan init first",
    "{}: 不是工作区（没有 {}）；请先运行 hesuan init": "{}: not a workspace (no {}); run hesuan init first",
    "{}: 不是工作区的地址，应为 s3://桶名/前缀": "{}: not the address of a workspace, expected s3://bucket/prefix",
    "s3:// 上的工作区须安装 hesuan[s3]": "a workspace on s3:// needs hesuan[s3] installed",
    "{}: 此存储不支持按条件写入（If-None-Match、If-Match），不能用作工作区": (
        "{}: this storage does not heed conditional writes (If-None-Match, If-Match) and cannot hold a workspace"
    ),
    "{}: 本次运行的租约已失效，另一次运行可能已接手此工作区；本次未公布": (
        "{}: this run's lease has lapsed and another run may hold the workspace; nothing was published"
    ),
    "{}/{}: 另一次运行改写了此台账，本次运行停止，未作改动": (
        "{}/{}: another run has written this ledger; this run stops, nothing was changed"
    ),
    "{}/{}: 另一次运行已在此建工作区，本次停止": "{}/{}: another run has made a workspace here; this one stops",
    "{}/{}: 另一次运行已公布，本次未公布": "{}/{}: another run has published; this one did not",
    "{}: 不在，旁边却有 {}": "{}: missing, yet {} lies beside it",
    "{}: {} 不在，它曾公布": "{}: {} is gone; it had been published",
    "{}: {} 不在，它曾公布；请再运行 hesuan run": "{}: {} is gone; it had been published. Run hesuan run again",
    "{}: 还没有公布的数据库；请先运行 hesuan run": "{}: nothing is published yet; run hesuan run first",
    "{}: 没有这次运行的数据库（只保留最近几份）": "{}: no database of this run (only the newest are kept)",
    "{}: 不止一次运行以此开头，请写全编号": "{}: more than one run begins so; write the whole id",
    "{}: 另一次运行正在使用此工作区，请等它结束": "{}: another run holds this workspace; wait for it to end",
    "{}: 没有这个申请、合同、发现、数字、规则或参数": "{}: no such claim, contract, finding, figure, rule or policy key",
    "--at: {} 晚于此刻（{}），还没有审查": "--at: {} is after the present ({}); nothing was reviewed then yet",
    "{}: 没有这个文件": "{}: no such file",
    "{}: 文件夹里没有文件": "{}: the folder holds no file",
    "{}: 已有文件，且不是演示工作区；请换一个位置（-w）": "{}: holds files and is no demo workspace; choose another place (-w)",
    "--rerun: {} 在存储里；请先把它复制到本机的文件夹": "--rerun: {} is in a bucket; copy it to a folder of this machine first",
    "--rerun: 最近一次由别的版本（代码 {}…）公布；请用那个版本重算": (
        "--rerun: the newest run was published by other code ({}…); run it again with that version"
    ),
    "--rerun: 政策 {} 与公布时的不是同一份，不能重算": "--rerun: policy {} is not the one it was published under",
    "--rerun: 收录台账里没有运行 {} 所读的那些文件，不能重算": (
        "--rerun: the intake ledger does not have the files that run {} read"
    ),
    "{} 与由证据重算所得不同：只有一边有这张表": "{} differs from what the evidence comes to: only one side has it",
    "{} 与由证据重算所得不同：视图或宏的定义被改": "{}: the definition of the view or macro was changed",
    "{} 与由证据重算所得不同，有 {} 行，其一为 {}": (
        "{}: {} rows differ from what the evidence comes to when run again, one is {}"
    ),
    "{}: 没有收录台账（evidence/intake.jsonl），不是证据文件夹，也不是工作区": (
        "{}: no intake ledger (evidence/intake.jsonl); neither an evidence folder nor a workspace"
    ),
    "{}: 不是证据库放文件的地方，或是一个链接": "{}: not where the evidence store keeps files, or a link",
    "{}: 不在证据库中；请把原件（{}）再存入收件箱，或由备份放回": (
        "{}: not in the evidence store; put the original ({}) into the inbox again, or restore a backup"
    ),
    "{}: 内容的 SHA-256 是 {}，与名称不符；请把原件（{}）再存入收件箱，或由备份放回": (
        "{}: the SHA-256 of the content is {}, not its name; put the original ({}) into the inbox again, or restore a backup"
    ),
    "{}: 与收录时的 SHA-256 不符；请把它移到 {} 再运行，由收件箱里的原件（{}）补回": (
        "{}: not of the SHA-256 that it was taken in with; move it to {} and run again: it is put back from the"
        " original ({}) in the inbox"
    ),
    "{}: 不再是写下时的内容；请删去 {} 再运行，由原件重做": (
        "{}: no longer what was written; remove {} and run again: it is made anew from the originals"
    ),
    "{}: 没有 staged.json；请删去 {} 再运行，由原件重做": (
        "{}: has no staged.json; remove {} and run again: it is made anew from the originals"
    ),
    "inbox/{}: 内容的 SHA-256 是 {}，{} 记作 {}：收录的不是这一份；请删去 {} 再运行": (
        "inbox/{}: the SHA-256 of the content is {}, {} has {}: what was taken in is not this one; remove {} and run again"
    ),
    "{}: 内容的 SHA-256 是 {}，与名称不符": "{}: the SHA-256 of the content is {}, not its name",
    "evidence/intake.jsonl: {}（{}…）不在证据库中": "evidence/intake.jsonl: {} ({}…) is not in the evidence store",
    "evidence/intake.jsonl: {} 记作 {} 字节，实为 {}": "evidence/intake.jsonl: {} is said to have {} bytes, has {}",
    "{}: 读不了：{}": "{}: cannot be read: {}",
    "{}: 输入 {}（{}…）不在证据库中": "{}: input {} ({}…) is not in the evidence store",
    "{}: 输入 {} 的 SM3 与公布的不符": "{}: the SM3 of input {} is not the published one",
    "{}: 名单上的数据库不在存储里": "{}: the database on the list is not in the storage",
    "{}: 与公布时的 SHA-256 不符": "{}: not of the SHA-256 that it was published with",
    "{}: 输入清单与 run.input_sha256 不符": "{}: the list of inputs does not agree with run.input_sha256",
    "{}: {} 的输入 {}（{}…）有 {} 行，收录台账有 {} 条": (
        "{}: {}: input {} ({}…) has {} rows, the intake ledger {} entries"
    ),
    "{}: {} 的输入 {}（{}…）{} 为 {}，收录台账记作 {}": (
        "{}: {}: input {} ({}…): {} is {}, the intake ledger has {}"
    ),
    "{}: 运行编号与收录台账、办法、代码、运行日不符": (
        "{}: the run id does not follow from the intake ledger, the policy, the code and the day"
    ),
    "{}: published.ledger_entry 第 {} 笔（{}）有 {} 行，evidence/ledger.jsonl 有 {} 笔": (
        "{}: published.ledger_entry: entry {} ({}) has {} rows, evidence/ledger.jsonl {}"
    ),
    "{}: published.ledger_entry 第 {} 笔（{}）与 evidence/ledger.jsonl 所记不同": (
        "{}: published.ledger_entry: entry {} ({}) is not as in evidence/ledger.jsonl"
    ),
    "{}: published.ledger_entry 与 published.ledger_event 不合：{}": (
        "{}: published.ledger_entry does not follow from published.ledger_event: {}"
    ),
    "{}: {} 不在库内": "{}: {} is missing from the database",
    "{}: {} 与库内由以得出的表不合，有 {} 行": (
        "{}: {} does not follow from the other tables of the database, {} rows"
    ),
    "{}: 输入清单里有本程序写不出的值，不能比对：{}": (
        "{}: the list of inputs holds a value that this program never writes, and cannot be compared: {}"
    ),
    "{}: 券台账里有本程序写不出的值，不能比对：{}": (
        "{}: the voucher ledger holds a value that this program never writes, and cannot be compared: {}"
    ),
    "{}: 不是 UTF-8 的文字；请改写，文件、文件夹请改名": (
        "{}: no UTF-8 text; please write it otherwise, and rename a file or folder"
    ),
    "{}: run.code_sha256 不是本程序的，运行编号却由本程序得出": (
        "{}: run.code_sha256 is not this program's, yet the run id follows from this program"
    ),
    "{}: published.run 有 {} 行，应为一行": "{}: published.run has {} rows, must have one",
    "{}: 公布的数字与 run.figure_sha256 不符": "{}: the published figures do not agree with run.figure_sha256",
    "{}: 没有这种命令行的补全": "{}: no completion for this shell",
    "{}: 写不下：{}": "{}: cannot be written: {}",
    "{}: 工作表装不下：至多 {} 行，一格至多 {} 字；请用 csv 或 parquet": (
        "{}: more than a sheet holds: at most {} rows, {} characters a cell; use csv or parquet"
    ),
    "{}: 不在源码目录中，无从改写": "{}: not in a checkout, nothing to rewrite",
    "README.md: 标记的段落 {}，应为 {} 各一处": "README.md: marked sections {}, expected {} once each",
    "查询有误：{}": "the query is wrong: {}",
    "查询有误：没有写要查什么": "the query is wrong: it asks nothing",
    "{}: 磁盘已满，写不下；请腾出空间后再运行": "{}: the disk is full; free some space and run again",
    "{}: 不许读写（{}）；请让运行者可以读写此处": (
        "{}: may not be read or written ({}); let whoever runs this read and write it"
    ),
    "{}: 该是文件夹处是文件，或相反（{}）；请移走它再运行": (
        "{}: a file where a folder should be, or the other way round ({}); move it away and run again"
    ),
    "{}: 系统读写出错（{}）；请看此处是否还在、可读写": (
        "{}: the system cannot read or write it ({}); see that it is there and can be read and written"
    ),
    "查询有误：没有结果可写": "the query is wrong: it gives no rows to write",
    "列名重复，请用 as 另起名：{}": "columns share a name, rename them with as: {}",
    "--format {}: 须写 --out 文件": "--format {}: needs --out FILE",
    "--engine prefect: 没有可用的 Prefect 服务（请设置 PREFECT_API_URL 并启动服务）": (
        "--engine prefect: no Prefect server answers (set PREFECT_API_URL and start one)"
    ),
    "--engine dask: 没有安装 Dask，请安装 hesuan[dask]": "--engine dask: Dask is not installed; install hesuan[dask]",
    "--address {}: 没有 Dask 调度器应答": "--address {}: no Dask scheduler answers",
    "Prefect 服务 {} 没有应答，值守不了；请启动它再运行": (
        "Prefect server {} does not answer, so that nothing can be served; start it and run again"
    ),
    "--cron {}: 不是 cron 表达式，应如 30 2 * * *": "--cron {}: no cron expression, expected one like 30 2 * * *",
    "Prefect 服务 {} 没有应答，改为就地执行": "Prefect server {} does not answer; running in this process",
    "政策 {} 不存在；已有：{}": "policy {} does not exist; there are: {}",
    "{}: 设置读不懂：第 {} 行“{}”不是合法的 TOML": "{}: settings cannot be read: line {}, “{}”, is not valid TOML",
    "{}: 设置读不懂：第 {} 行不是 UTF-8 文字，请另存为 UTF-8": (
        "{}: settings cannot be read: line {} is not UTF-8; save it as UTF-8"
    ),
    "{}: 设置读不懂：有读不出的日期或数值": "{}: settings cannot be read: a date or number in it is none",
    "{}: 设置读不懂：{}": "{}: settings cannot be read: {}",
    "{}: {} 行": "{}: {} rows",
}


def fault_english(line: str) -> str:
    """The line in English where its pattern is known, else as it is."""
    for pattern, english in _patterns():
        found = pattern.fullmatch(line)
        if found:
            return english.format(*found.groups())
    return line


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """The one with the most fixed text first: “没有结果可写” before “{}”."""
    ordered = sorted(ENGLISH.items(), key=lambda pair: -len(pair[0].replace("{}", "")))
    return [
        (re.compile("(.*?)".join(re.escape(part) for part in chinese.split("{}"))), english)
        for chinese, english in ordered
    ]
