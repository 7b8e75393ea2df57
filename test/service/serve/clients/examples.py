"""The documented examples of Python's deepl and libretranslatepy, in the languages that the server has. Prints one JSON object."""
import json
import sys
import urllib.request

import deepl
import requests
from deepl.api_data import MultilingualGlossaryDictionaryEntries
from libretranslatepy import LibreTranslateAPI

url = sys.argv[1]
found = {}
client = deepl.DeepLClient("a-key", server_url=url)
result = client.translate_text("Bonjour, le monde !", target_lang="EN-US")
found["one"] = [result.text, result.detected_source_lang, result.billed_characters]
found["many"] = [r.text for r in client.translate_text(["Je suis étudiant.", "Il pleut."], source_lang="FR", target_lang="EN-GB")]
found["options"] = client.translate_text(
    "Le chat\ndort.", source_lang="FR", target_lang="EN-US", split_sentences="nonewlines", preserve_formatting=True,
    formality=deepl.Formality.PREFER_MORE, context="Un chat.").text
found["tags"] = client.translate_text(
    "<d><a>Oui.</a><k>Non.</k></d>", source_lang="FR", target_lang="EN-US", tag_handling="xml", outline_detection=False,
    splitting_tags=["a", "k"], ignore_tags="k").text
glossary = client.create_glossary("Mine", source_lang="FR", target_lang="EN", entries={"clé USB": "thumb drive"})
found["glossary"] = [glossary.name, glossary.source_lang, glossary.target_lang, glossary.entry_count, glossary.ready]
found["created"] = glossary.creation_time.year > 2000
csv = client.create_glossary_from_csv("CSV", source_lang="FR", target_lang="EN", csv_data="étudiant,pupil,fr,en")
found["csv"] = client.get_glossary_entries(csv)
found["listed"] = len(client.list_glossaries())
found["entries"] = client.get_glossary_entries(glossary)
with_glossary = client.translate_text("La clé USB est ici.", source_lang="FR", target_lang="EN-US", glossary=glossary)
found["used"] = with_glossary.text
for each in (glossary, csv):
    client.delete_glossary(each)
try:
    client.get_glossary(glossary.glossary_id)
except deepl.GlossaryNotFoundException as error:
    found["gone"] = type(error).__name__
pairs = [MultilingualGlossaryDictionaryEntries("FR", "EN", {"clé USB": "stick", "sac": "bag"})]
several = client.create_multilingual_glossary("Several", pairs)
found["several"] = [several.name, several.dictionaries[0].source_lang, several.dictionaries[0].entry_count]
client.update_multilingual_glossary_dictionary(
    several, MultilingualGlossaryDictionaryEntries("FR", "EN", {"clé USB": "thumb drive"}))
changed = client.get_multilingual_glossary_entries(several, "FR", "EN")
found["changed"] = changed.dictionaries[0].entries
client.replace_multilingual_glossary_dictionary(
    several, MultilingualGlossaryDictionaryEntries("FR", "EN", {"clé USB": "thumb drive"}))
renamed = client.update_multilingual_glossary_name(several.glossary_id, "Renamed")
found["renamed"] = [renamed.name, [each.name for each in client.list_multilingual_glossaries()]]
with_several = client.translate_text("La clé USB est ici.", source_lang="FR", target_lang="EN-US", glossary=renamed)
found["several_used"] = with_several.text
client.delete_multilingual_glossary_dictionary(renamed, renamed.dictionaries[0])
found["left"] = len(client.get_multilingual_glossary(several.glossary_id).dictionaries)
client.delete_multilingual_glossary(several)
status = client.translate_document_from_filepath(sys.argv[2], sys.argv[3], source_lang="FR", target_lang="EN-US")
found["document"] = [status.status.value, status.billed_characters > 20]
usage = client.get_usage()
found["usage"] = [usage.any_limit_reached, usage.character.count > 0]
found["sources"] = [[language.code, language.name] for language in client.get_source_languages()]
found["targets"] = [language.code for language in client.get_target_languages()]
found["pairs"] = [[pair.source_lang, pair.target_lang] for pair in client.get_glossary_languages()]
for name, call in {
    "refused": lambda: client.translate_text("Oui.", target_lang="DE"),
    "stranger": lambda: deepl.DeepLClient("a-wrong-key", server_url=url).get_usage(),
}.items():
    try:
        call()
    except deepl.DeepLException as error:
        found[name] = type(error).__name__

libre = LibreTranslateAPI(url, "a-key")
found["libre"] = libre.translate("Je suis étudiant.", "fr", "en")
found["auto"] = libre.translate("Je suis étudiant.", "auto", "en")
found["detect"] = libre.detect("Je suis étudiant.")[0]["language"]
found["languages"] = [language["code"] for language in libre.languages()]
# The package of 2.1.4 has no function for files yet: this is the request of LibreTranslate's documentation.
with open(sys.argv[2], "rb") as file:
    fields = {"source": "fr", "target": "en", "api_key": "a-key"}
    address = requests.post(f"{url}/translate_file", data=fields, files={"file": file}).json()["translatedFileUrl"]
with urllib.request.urlopen(address) as answer, open(sys.argv[4], "wb") as file:
    file.write(answer.read())
print(json.dumps(found))
