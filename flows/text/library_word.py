"""What a library says of a broken file, in our words: a few known causes; what is not known stays as the library has it."""

import re
from json import JSONDecodeError
from xml.etree.ElementTree import ParseError

# How the library's sentence begins or what it holds, and the cause; the first that fits holds.
JSON = {
    "Expecting value": "缺少值",
    "Expecting ',' delimiter": "缺少逗号",
    "Expecting ':' delimiter": "缺少冒号",
    "Expecting property name": "键须写在双引号里",
    "Unterminated string": "文本的引号没有闭合",
    "Invalid control character": "文本里有控制字符",
    "Invalid \\": "反斜杠转义有误",
    "Illegal trailing comma": "末尾多一个逗号",
    "Extra data": "之后还有内容",
}
XML = {
    "not well-formed": "有不合 XML 的字符",
    "no element found": "在中途结束",
    "mismatched tag": "首尾标签不配",
    "junk after document element": "根元素之后还有内容",
    "undefined entity": "实体未声明",
    "unclosed": "标记没有闭合",
    "duplicate attribute": "属性重复",
    "unbound prefix": "命名空间前缀未声明",
}
OTHER = {
    "incorrect data check": "校验不符",
    "incorrect length check": "长度校验不符",
    "incorrect header check": "开头不是 gzip",
    "Error -3 while decompressing": "压缩数据有误",
    "is not a zip file": "不是 ZIP 包，或末尾残缺",
    "is encrypted": "已加密",
    "Bad CRC-32": "部件校验不符",
    "Bad magic number": "部件的标记有误",
    "magic bytes not found": "末尾没有 Parquet 标记",
    "smaller than the minimum": "文件过短",
    "CRC checksum verification failed": "校验和不符",
    "deserialize thrift": "目录或页头读不出",
    "Unexpected end of stream": "在中途结束",
    "Invalid UTF8": "有文本不是 UTF-8",
    "integer string conversion": "有整数过长",
    "recursion depth": "嵌套过深",
}


def cause(error: Exception) -> str:
    """The cause in Chinese, with line and column where the library has them; its own sentence where the cause is unknown."""
    if isinstance(error, JSONDecodeError):
        is_cut = error.msg != "Extra data" and not error.doc[error.pos :].strip()
        said = "在中途结束" if is_cut else _known(error.msg, JSON)
        # Of one line of many the caller knows which it is.
        return _at(error.lineno, error.colno, said) if "\n" in error.doc else f"第 {error.colno} 列：{said}"
    if isinstance(error, ParseError):
        line, column = error.position
        return _at(line, column + 1, _known(re.sub(r": line \d+, column \d+$", "", str(error)), XML))
    return _known(str(error), OTHER)


def _at(line: int, column: int, said: str) -> str:
    return f"第 {line} 行第 {column} 列：{said}"


def _known(said: str, causes: dict[str, str]) -> str:
    return next((ours for theirs, ours in causes.items() if theirs in said), said)
