"""LibreTranslate's own client asks a server of two packages: argos.py URL LINE"""
import json
import sys

from libretranslatepy import LibreTranslateAPI

url, line = sys.argv[1:]
libre = LibreTranslateAPI(url)
found = {"languages": {language["code"]: language["targets"] for language in libre.languages()}}
for source, target in (("fr", "en"), ("en", "de"), ("fr", "de")):
    found[f"{source}-{target}"] = libre.translate(line, source, target)
print(json.dumps(found))
