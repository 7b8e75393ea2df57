// The documented examples of deepl-node, in the languages that the server has. Prints one JSON object.
import { createRequire } from 'node:module'

const [modules, serverUrl] = process.argv.slice(2)
const deepl = createRequire(`${modules}/`)('deepl-node')
const translator = new deepl.Translator('a-key', { serverUrl, maxRetries: 0 })
const found = {}

found.one = (await translator.translateText('Bonjour, le monde !', null, 'en-US')).text
const many = await translator.translateText(['Je suis étudiant.', 'Il pleut.'], 'fr', 'en-GB')
found.many = many.map(({ text, detectedSourceLang }) => [text, detectedSourceLang])
found.billed = many[0].billedCharacters
found.options = (
  await translator.translateText('Le chat\ndort.', 'fr', 'en-US', {
    splitSentences: 'nonewlines',
    preserveFormatting: true,
    formality: 'prefer_less',
    context: 'Un chat.',
    modelType: 'prefer_quality_optimized',
  })
).text
found.tags = (
  await translator.translateText('<d><a>Oui.</a><k>Non.</k></d>', 'fr', 'en-US', {
    tagHandling: 'xml',
    outlineDetection: false,
    splittingTags: ['a', 'k'],
    nonSplittingTags: ['b'],
    ignoreTags: ['k'],
  })
).text

const entries = new deepl.GlossaryEntries({ entries: { étudiant: 'pupil', 'clé USB': 'thumb drive' } })
const glossary = await translator.createGlossary('Mine', 'fr', 'en', entries)
found.glossary = [glossary.name, glossary.sourceLang, glossary.targetLang, glossary.entryCount, glossary.ready]
found.listed = (await translator.listGlossaries()).map(({ glossaryId }) => glossaryId === glossary.glossaryId)
found.entries = (await translator.getGlossaryEntries(glossary)).entries()
found.used = (await translator.translateText('La clé USB est ici.', 'fr', 'en-US', { glossary })).text
found.info = (await translator.getGlossary(glossary.glossaryId)).name
await translator.deleteGlossary(glossary)
found.gone = await translator.getGlossary(glossary.glossaryId).catch((error) => error.constructor.name)

const client = new deepl.DeepLClient('a-key', { serverUrl, maxRetries: 0 })
const several = await client.createMultilingualGlossary('Several', [
  { sourceLangCode: 'fr', targetLangCode: 'en', entries },
])
found.several = [several.name, several.dictionaries[0].entryCount]
const stick = new deepl.GlossaryEntries({ entries: { 'clé USB': 'stick' } })
await client.updateMultilingualGlossaryDictionary(several.glossaryId, {
  sourceLangCode: 'fr',
  targetLangCode: 'en',
  entries: stick,
})
const dictionary = await client.getMultilingualGlossaryDictionaryEntries(several, 'fr', 'en')
found.changed = dictionary.entries.entries()
await client.deleteMultilingualGlossaryDictionary(several, 'fr', 'en')
found.left = (await client.getMultilingualGlossary(several.glossaryId)).dictionaries.length
await client.deleteMultilingualGlossary(several)

const usage = await translator.getUsage()
const [input, output] = process.argv.slice(4)
const done = await translator.translateDocument(input, output, 'fr', 'en-US')
found.document = [done.status, done.billedCharacters > 20]
const handle = await translator.uploadDocument(input, null, 'en-US')
await translator.isDocumentTranslationComplete(handle)
await translator.downloadDocument(handle, `${output}.2`)
found.once = await translator.getDocumentStatus(handle).catch((error) => error.constructor.name)
found.usage = [usage.anyLimitReached(), usage.character.count > 0]
found.sources = await translator.getSourceLanguages()
found.targets = (await translator.getTargetLanguages()).map(({ code, supportsFormality }) => [code, supportsFormality])
found.pairs = await translator.getGlossaryLanguagePairs()
found.refused = await translator
  .translateText('Oui.', 'fr', 'de')
  .catch((error) => [error.constructor.name, error.message])
const stranger = new deepl.Translator('a-wrong-key', { serverUrl, maxRetries: 0 })
found.stranger = await stranger.getUsage().catch((error) => error.constructor.name)
console.log(JSON.stringify(found))
