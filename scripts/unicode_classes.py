"""Writes src/evaluate/unicode-classes.ts: which characters are numbers, punctuation and symbols to Python's `regex`, by which sacreBLEU
tokenizes with `intl`. Run it with the `regex` that the numbers are to be those of: python3 scripts/unicode_classes.py"""

import pathlib
import sys

import regex

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number):
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text or "0"


def ranges(name):
    """The gap before each range of characters, and how many there are in it."""
    is_member = regex.compile(r"\p{%s}" % name).match
    numbers, end, start = [], 0, None
    for point in range(sys.maxunicode + 2):
        member = point <= sys.maxunicode and is_member(chr(point)) is not None
        if member and start is None:
            start = point
        elif not member and start is not None:
            numbers += [start - end, point - start]
            start, end = None, point
    return " ".join(map(base36, numbers))


WIDTH = 120


def text_lines(text):
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + len(word) > WIDTH:
            lines.append("")
        lines[-1] += word + " "
    lines[-1] = lines[-1].rstrip()
    return " +\n".join(f"    '{line}'" for line in lines)


classes = {"number": "N", "punctuation": "P", "symbol": "S"}
body = "\n".join(f"  {name}:\n{text_lines(ranges(short))}," for name, short in classes.items())
pathlib.Path("src/evaluate/unicode-classes.ts").write_text(
    f"""// Written by scripts/unicode_classes.py from Python's regex {regex.__version__}: do not edit.

/** Of each class the gap before each range of code points, and how many there are in it, in base 36. */
export const unicodeClasses = {{
{body}
}} as const
"""
)
