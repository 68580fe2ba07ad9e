"""Help texts in English, by the Chinese that stands at the command. test_language.py finds one that lacks."""

HELP_ENGLISH = {
    "核算：计量、发票与合同相互核对，按办法算出算力券补贴。机器建议，专家组决定。": (
        "Hesuan: reconciles metering, invoices and contracts, and works out the voucher subsidy by the"
        " regulation. The machine proposes, the panel decides."
    ),
    "显示本帮助并退出。": "Show this message and exit.",
    "显示版本并退出。": "Show the version and exit.",
    "输出语言；默认依 HESUAN_LANG，其次区域设置，再次中文。": (
        "Language of the output; by default HESUAN_LANG, else the locale, else Chinese."
    ),
    "出错时显示完整的调用栈。": "Show the full traceback on errors.",
    "出错的写法：一行，或分项写明。": "How errors are written: one line, or item by item.",
    "出错与逐行退回的写法：一行，或分项写明位置、内容与处理。": (
        "How errors and refused rows are written: one line, or item by item with place, content and what to do."
    ),
    "不报进度。": "Tell no progress.",
    "以 JSON 输出。": "Print JSON.",
    "工作区：文件夹，或 s3://桶名/前缀。": "The workspace: a folder, or s3://bucket/prefix.",
    "在新的工作区里造一座合成城市，跑一遍每夜作业。": (
        "Build a synthetic city in a fresh workspace and run the nightly job on it."
    ),
    "合成城市的种子；同一种子，同一字节。": "Seed of the synthetic city; the same seed gives the same bytes.",
    "建立工作区：文件夹、hesuan.toml、各表模板（XLSX 与 CSV）。": (
        "Make a workspace: folders, hesuan.toml, templates of every table (XLSX and CSV)."
    ),
    "说明每个文件（文件夹里的每一个）是什么、接受与退回多少行、为什么；什么都不改动。": (
        "Say what each file (of a folder every one in it) is, how many rows are accepted and refused, and why; changes nothing."
    ),
    "每夜作业跑一遍（前台）。": "Run the nightly job once, in the foreground.",
    "运行日：只用该日（北京时间）及以前的事实。": "Day of the run: only facts up to that day (Asia/Shanghai) are used.",
    "办法编号。": "Id of the policy.",
    "由谁执行；auto 在配置了 Prefect 服务且有应答时交给它，否则就地执行；pool 用本机多个进程，dask 用集群。": (
        "Who carries it out; auto: Prefect where a server is configured and answers, else this process;"
        " pool: several processes; dask: a cluster."
    ),
    "Dask 调度器的地址；不写则在本机起两个工作进程。": (
        "Address of the Dask scheduler; without it two workers are started on this machine."
    ),
    "在 Prefect 上登记并值守每夜作业（北京时间）。": "Register the nightly job with Prefect and serve it (Asia/Shanghai).",
    "北京时间。": "Asia/Shanghai time.",
    "说明一笔申请、一份合同、一项发现、一个数字（申请编号/列名）、一条规则或一个参数：数字、步骤、来源行。": (
        "Explain a claim, contract, finding, figure (CLAIM/column), rule or policy key: the figure, its steps,"
        " the rows it comes from."
    ),
    "两次运行之间的不同：申请、发现与参数。BEFORE、AFTER 为运行编号，最近一次可写作 latest。": (
        "What differs between two runs: claims, findings and policy values. BEFORE and AFTER are run ids;"
        " the newest may be called latest."
    ),
    "输出格式；parquet 与 xlsx 须写 --out。": "Format of the output; parquet and xlsx need --out.",
    "写入此文件，不打印。": "Write to this file instead of printing.",
    "只读查询公布的数据库；不写 QUERY 则从标准输入读。不能读写别的文件，设置不能改。": (
        "Query the published database, read-only; without QUERY it is read from standard input. No other file"
        " can be read or written, no setting changed."
    ),
    "打印可照用的查询，什么都不查。": "Print queries to start from; ask nothing.",
    "查什么：规则、后果与条款。": "What is checked: rules, consequences and articles.",
    "执行什么：参数、条款、原文与自定理由。": "What is in force: values, articles, quotes and the house's own reasons.",
    "检查一份参数文件。": "Check a policy file.",
    "办法原文；逐条核对引文。": "Text of the regulation; every quote is looked up in it.",
    "收进专家组的意见（第十三条）：整份核对，有一行不合即全部不收。": (
        "Take in the panel's opinions (article 13): the whole sheet is checked, one bad row refuses all."
    ),
    "不收意见，而把空白的专家意见表写到 FILE（XLSX）。": "Take in nothing; write an empty opinion sheet to FILE (XLSX).",
    "审查时间（北京时间）；默认此刻。": "Time of the review (Asia/Shanghai); now by default.",
    "重写某次运行的报告；--lang en 另出英文网页，在其 en 文件夹里。": (
        "Write the report of a run again; --lang en adds pages in English, in its folder en."
    ),
    "运行编号；默认最近一次。": "Id of the run; the newest by default.",
    "另由证据重算最近一次运行，逐表比对；在临时文件夹里，与夜间核算一样久。": (
        "Also run the newest run again from the evidence and compare table by table; in a temporary folder, as long as a night."
    ),
    "离线核验一个工作区或其证据文件夹：文件是否原样，数字是否即所公布的。": (
        "Verify a workspace or its evidence folder offline: whether the files are as taken in, the figures as published."
    ),
    "打印命令补全的脚本（bash、zsh、fish）。": "Print the completion script for bash, zsh or fish.",
}
