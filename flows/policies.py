"""Policies as people look at them: listed, and checked against the text they quote."""

from pathlib import Path

from hesuan.schemas.fault import PolicyFault
from hesuan.schemas.policy import Policy, load_policy, read_policy


def shown_policy(policy_id: str, *, to_check: Path | None, text_path: Path | None) -> Policy:
    """Raises PolicyFault for a file that does not hold, or a quote that is not in the text."""
    if to_check is None:
        policy = load_policy(policy_id)
    elif to_check.is_file():
        policy = read_policy(to_check.read_bytes(), place=str(to_check), policy_id=to_check.stem)
    else:
        raise PolicyFault(f"{to_check}: 没有这个文件")
    if text_path is not None:
        missing = unquoted(policy, text_path.read_text(encoding="utf-8"))
        if missing:
            raise PolicyFault("\n".join(f"{policy.id}: 原文中找不到 {key} 的引文" for key in missing))
    return policy


def unquoted(policy: Policy, text: str) -> list[str]:
    """Keys whose quote does not stand in the text, line breaks left out."""
    plain = "".join(text.split())
    return [p.key for p in policy.parameters if p.quote_zh and "".join(p.quote_zh.split()) not in plain]


def policy_lines(policy: Policy) -> list[str]:
    lines = [f"{policy.title_zh}（{policy.number}）"]
    lines += [f"所据材料：{policy.source_zh}"] if policy.source_zh else []
    for p in policy.parameters:
        own = "公开材料未见" if p.is_assumed else "自定"
        ground = f"{p.article}“{p.quote_zh}”" if p.quote_zh else f"{own}：{p.house_reason_zh}"
        reading = f" [{p.reading}；另可读作 {'、'.join(p.alternatives)}]" if p.reading else ""
        lines.append(f"{p.key} = {p.value} {p.unit}{reading}  {ground}")
    return lines
