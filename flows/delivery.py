"""Sending a short text out: to a webhook or by mail. Nothing leaves unless hesuan.toml names where to.

The text is all that is sent. What goes wrong comes back as one line without the address, which may hold a key.
"""

import http.client
import json
import smtplib
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hesuan.flows.workspace import DigestSettings

TIMEOUT_SECONDS = 10
TROUBLES = (OSError, http.client.HTTPException, smtplib.SMTPException, ValueError)
# What the services want to be told; each answers 200 even when it refuses, and says so in errcode or code.
BODIES: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "text": lambda title, text: {"title": title, "text": text},
    "wecom": lambda title, text: {"msgtype": "markdown", "markdown": {"content": text}},
    "dingtalk": lambda title, text: {"msgtype": "markdown", "markdown": {"title": title, "text": text}},
    "feishu": lambda title, text: {"msg_type": "text", "content": {"text": text}},
}


def post(settings: DigestSettings, title: str, text: str) -> str | None:
    """To the webhook; what went wrong, or None."""
    address = settings.webhook or ""
    body = json.dumps(BODIES[settings.webhook_form](title, text), ensure_ascii=False).encode()
    request = urllib.request.Request(
        address, data=body, headers={"Content-Type": "application/json; charset=utf-8"}
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            refused = _refusal(answer.read(65536))
    except TROUBLES as error:
        refused = _plain(error)
    return refused and f"日报没有送到 webhook（{_host(address)}）：{refused}"


def mail(settings: DigestSettings, title: str, text: str, *, root: Path) -> str | None:
    """By mail; what went wrong, or None. A relative password file lies in the workspace."""
    message = EmailMessage()
    message["Subject"], message["From"] = title, settings.mail_from
    message["To"] = ", ".join(settings.mail_to)
    message.set_content(text)
    kind = smtplib.SMTP_SSL if settings.smtp_security == "tls" else smtplib.SMTP
    try:
        with kind(settings.smtp_host or "", settings.smtp_port, timeout=TIMEOUT_SECONDS) as server:
            if settings.smtp_security == "starttls":
                server.starttls()
            if settings.smtp_user and settings.smtp_password_file:
                lines = (root / settings.smtp_password_file).read_text(encoding="utf-8").splitlines()
                server.login(settings.smtp_user, lines[0] if lines else "")
            server.send_message(message)
    except TROUBLES as error:
        return f"日报没有送到邮箱（{settings.smtp_host}）：{_plain(error)}"
    return None


def _refusal(answer: bytes) -> str | None:
    """What a service says that took the request and refused the message."""
    try:
        said = json.loads(answer)
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    code = said.get("errcode", said.get("code", 0))
    return None if code in (0, "0", None) else f"对方答复 {code} {said.get('errmsg', said.get('msg', ''))}"


def _host(address: str) -> str:
    return urlsplit(address).hostname or "?"


def _plain(error: Exception) -> str:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return " ".join(str(reason).split()) or type(error).__name__
