"""In which encoding a text was written: proven by reading it, believed only where it is plausible."""

import codecs
import re

HEAD_BYTES = 64 * 1024
PIECE_BYTES = 1024 * 1024
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Of the characters beyond ASCII, this share must be everyday Chinese for a text to be believed to be GB18030.
EVERYDAY_SHARE = 0.7
SAMPLE_CHARACTERS = 1_000_000
ASCII = "[\\x00-\\x7f]"


def encoding_of(content: bytes) -> str | None:
    """utf-8, utf-16-le, utf-16-be or gb18030, proven by a strict reading; None where it is none of them.

    Latin-1 and other foreign bytes often happen to be legal GB18030: they are refused unless the characters
    are everyday Chinese. A UTF-8 file with a broken byte is no GB18030 file.
    """
    marked = _marked(content)
    if marked is not None:
        return marked if _is_text(content, marked) else None
    if b"\0" in content:
        wide = _wide(content[:HEAD_BYTES])
        return wide if wide and _is_text(content, wide) else None
    if content.isascii() or _is_text(content, "utf-8"):
        return "utf-8"
    if _is_broken_utf8(content[:HEAD_BYTES]):
        return None
    return "gb18030" if _is_gb18030(content) else None


def undecodable_line(content: bytes) -> int | None:
    """The 1-based line of the first byte that is illegal in the encoding of the head; None where none is."""
    try:
        str(content, head_encoding(content[:HEAD_BYTES]) or "utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return before.count(b"\n") + 1
    return None


def head_encoding(head: bytes) -> str | None:
    """As `encoding_of`, but the last character may be cut in two, and a few broken bytes change nothing."""
    has_nul = b"\0" in head
    for cut in range(4):
        encoding = encoding_of(head[: len(head) - cut])
        if encoding is not None and (encoding.startswith("utf-16") or not has_nul):
            return encoding
    if has_nul or _marked(head) is not None:
        return None
    if _is_broken_utf8(head):
        return "utf-8"
    return "gb18030" if _is_broken_gb18030(head) else None


def _marked(content: bytes) -> str | None:
    return next((encoding for mark, encoding in MARKS if content.startswith(mark)), None)


def unmarked(content: bytes) -> memoryview | bytes:
    mark = next((mark for mark, _ in MARKS if content.startswith(mark)), b"")
    return memoryview(content)[len(mark) :] if mark else content


def _is_text(content: bytes, encoding: str) -> bool:
    """Legal in this encoding, without a NUL character. Decoded in pieces: the text is not kept."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    view = memoryview(content)
    try:
        for start in range(0, len(view), PIECE_BYTES):
            if "\0" in decoder.decode(bytes(view[start : start + PIECE_BYTES]), final=False):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _wide(head: bytes) -> str | None:
    """UTF-16 without a BOM: commas, digits and line ends put a NUL into one of the two bytes."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 40 < len(head) or min(even, odd) * 20 > max(even, odd):
        return None
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    odd_characters = "[\x00-\x08\x0b\x0c\x0e-\x1f\ue000-\uf8ff\ufffd-\uffff]"
    return None if re.search(odd_characters, str(head, encoding, "replace")) else encoding


def _is_broken_utf8(head: bytes) -> bool:
    """Mostly legal sequences of several bytes, and a few broken ones between them."""
    legal = len(
        re.findall(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}", head)
    )
    broken = str(head, "utf-8", "replace").count("�")
    return legal > 4 * broken > 0


def _is_gb18030(content: bytes) -> bool:
    try:
        return _is_everyday_chinese(str(content, "gb18030"))
    except UnicodeDecodeError:
        return False


def _is_broken_gb18030(head: bytes) -> bool:
    """Everyday Chinese, with a few bytes between that are no character."""
    text = str(head, "gb18030", "replace")
    broken = text.count("�")
    return 4 * broken < len(text) - len(re.findall(ASCII, text)) and _is_everyday_chinese(
        text.replace("�", "")
    )


def _is_everyday_chinese(text: str) -> bool:
    """The characters beyond ASCII are everyday Chinese (level one of GB 2312, punctuation), none private."""
    foreign = re.sub(f"{ASCII}+", "", text)
    if re.search("[\ue000-\uf8ff�]", foreign):
        return False
    sample = foreign[:SAMPLE_CHARACTERS]
    everyday = re.findall(rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]", sample.encode("gb2312", "ignore"))
    return len(everyday) >= EVERYDAY_SHARE * len(sample)
