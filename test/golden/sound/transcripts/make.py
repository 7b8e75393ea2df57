#!/usr/bin/env python3
"""Subtitles by openai-whisper's writers: make.py openai-transcribe.json whisper/utils.py
The first is of ../shared/golden/whisper/whisper-base, the second of openai-whisper 20250625."""
import importlib.util
import io
import json
import sys
from pathlib import Path

spec = importlib.util.spec_from_file_location("utils", sys.argv[2])
utils = importlib.util.module_from_spec(spec)
spec.loader.exec_module(utils)
here = Path(__file__).parent
entries = json.load(open(sys.argv[1]))
with_words = [e["result"] for e in entries if e["clip"] == "mixed" and "words" in e["result"]["segments"][0]][0]
with_words["segments"] = with_words["segments"][:12]
with_words["segments"][3]["start"] += 3600
for word in with_words["segments"][3]["words"]:
    word["start"], word["end"] = word["start"] + 3600, word["end"] + 3600
for segment in with_words["segments"][4:]:
    segment["start"], segment["end"] = segment["start"] + 3600, segment["end"] + 3600
    for word in segment["words"]:
        word["start"], word["end"] = word["start"] + 3600, word["end"] + 3600
with_words["segments"][3]["end"] += 3600
plain = {**with_words, "segments": [{k: v for k, v in s.items() if k != "words"} for s in with_words["segments"]]}
cases = {
    "plain": (plain, {}),
    "words": (with_words, {}),
    "width": (with_words, {"max_line_width": 30}),
    "width-count": (with_words, {"max_line_width": 24, "max_line_count": 2}),
    "count": (with_words, {"max_line_count": 1}),
    "few": (with_words, {"max_words_per_line": 4}),
    "highlight": (with_words, {"highlight_words": True, "max_words_per_line": 3}),
}
golden = {}
for name, (result, options) in cases.items():
    golden[name] = {"options": options}
    for kind in ("srt", "vtt") if name != "plain" else ("txt", "srt", "vtt", "tsv"):
        file = io.StringIO()
        utils.get_writer(kind, ".").write_result(result, file, options)
        golden[name][kind] = file.getvalue()
(here / "transcripts.json").write_text(json.dumps({"transcript": with_words, "written": golden}, ensure_ascii=False, indent=0) + "\n")
