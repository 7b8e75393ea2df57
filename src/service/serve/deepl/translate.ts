import { GlassformerError } from '../../../base/errors.ts'
import { whole } from '../../../base/values/number-text.ts'
import { saidLanguages } from '../../../files/folders/layout/language-pair.ts'
import type { SaidLanguages } from '../../../language/markup/document/said-languages.ts'
import type { TagHandling } from '../../../language/markup/tags/tagged-text.ts'
import { inOneLine } from '../../../language/text/sentences/spaces.ts'
import type { Split, TranslateOptions } from '../../../use/translate/options/options.ts'
import { type OpenDocument, readInThread } from '../../../use/translate/parsing/index.ts'
import type { PreparedGlossary } from '../../../use/translate/sentences/index.ts'
import type { Source, Translation } from '../../../use/translate/translation/translation.ts'
import { memoriesFor } from '../calls/route-memories.ts'
import { type PivotCall, translateVia, useLeg } from '../calls/translate-via.ts'
import type { Chosen } from '../models/choose-model.ts'
import type { Service } from '../service/service.ts'
import type { DeeplRequest, SplitSentences } from './translate-request.ts'

const END = '.!?…:;'

/** The punctuation at the end of a text. */
function endOf(text: string): string {
  let at = text.length
  while (at > 0 && END.includes(text[at - 1])) at--
  return text.slice(at)
}

/**
 * A translation with the beginning and end of its source: the same final punctuation, or none, and the same case of the
 * first letter.
 */
export function withFormattingOf(source: string, translation: string): string {
  const end = endOf(source.trimEnd())
  const words = translation.trimEnd()
  const white = translation.slice(words.length)
  const body = end === '' ? words.replace(/[.]$/, '') : endOf(words) ? words : words + end
  return withCaseOf(source, body) + white
}

/** Applies the case of the source's first letter to the translation's. */
function withCaseOf(source: string, translation: string): string {
  const own = /\p{L}/u.exec(translation)
  const first = /\p{L}/u.exec(source)?.[0]
  if (!own || first === undefined) return translation
  const isSmall = first === first.toLowerCase() && first !== first.toUpperCase()
  const isLarge = first === first.toUpperCase() && first !== first.toLowerCase()
  const letter = isLarge
    ? own[0].toUpperCase()
    : isSmall && isWord(translation, own.index)
      ? own[0].toLowerCase()
      : own[0]
  return translation.slice(0, own.index) + letter + translation.slice(own.index + own[0].length)
}

/** Whether a word has more than this letter: 'I' stays a capital. */
const isWord = (text: string, at: number) => /^\p{Lu}\p{Ll}/u.test(text.slice(at))

const splits: Readonly<Record<SplitSentences, Split>> = { '0': 'never', '1': 'always', nonewlines: 'always' }

/** The translator options for a request. */
export function optionsOf(
  { split, tags, context }: DeeplRequest,
  glossary: PreparedGlossary | undefined,
): TranslateOptions {
  const isByDefault = split === undefined || (tags !== null && split !== '0')
  return { ...(!isByDefault && { split: splits[split] }), ...(glossary && { glossary }), ...(context && { context }) }
}

/**
 * The texts of a request with tags, each as a document. Documents of more than `most` texts together are refused.
 * @throws GlassformerError ERR_INPUT for invalid XML, ERR_INPUT_TOO_LONG
 */
async function tagged(
  texts: readonly string[],
  { tags, languages }: { tags: TagHandling; languages?: SaidLanguages },
  options: Scheduled,
  most = Infinity,
): Promise<OpenDocument[]> {
  const parsing = { format: tags.form, retranslate: false, tags, languages }
  let all = 0
  const check = (count: number) => {
    all += count
    if (all > most)
      throw new GlassformerError(
        'ERR_INPUT_TOO_LONG',
        `the elements of a request may have ${whole(most)} texts, not ${whole(all)}`,
      )
  }
  return Promise.all(texts.map((text) => readInThread(text, parsing, options, check)))
}

/** The texts of a request that are already in the target language. Invalid XML is refused even then. */
export async function textsAsTheyAre(
  texts: readonly string[],
  { tags }: DeeplRequest,
  options: Scheduled,
): Promise<readonly TranslatedText[]> {
  if (tags) await tagged(texts, { tags }, options)
  return texts.map((text) => ({ text, confidence: null }))
}

/** A text of a request as it is answered. */
export interface TranslatedText {
  text: string
  /** How probably it is right, from 0 to 1: of a text with tags the mean of its parts. Null where it was not asked for. */
  confidence: number | null
}

/** The key of the request, and the signal that ends the work. */
type Scheduled = Pick<TranslateOptions, 'signal' | 'client'>

/**
 * Translates texts of a request along a route, after the memories of its owner have been asked.
 * @throws GlassformerError ERR_INPUT_TOO_LONG for more texts within texts with tags than the server's queue takes, and as
 * the translator
 */
export function translateTexts(
  service: Service,
  route: readonly Chosen[],
  texts: readonly string[],
  { owner, options, ...request }: DeeplRequest & { owner: string; options: PivotCall['options'] },
): Promise<TranslatedText[]> {
  const ofLast = () => ({ ...(request.showConfidence && { confidence: true }) })
  const call = { options, memories: memoriesFor(service, owner, route), ofLast }
  return request.tags
    ? translateTagged(service, route, texts, request.tags, call)
    : translatePlain(service, route, texts, request, call)
}

async function translatePlain(
  service: Service,
  route: readonly Chosen[],
  texts: readonly string[],
  { split, preserveFormatting }: DeeplRequest,
  call: PivotCall,
): Promise<TranslatedText[]> {
  // Where line ends do not end sentences, they are treated as spaces.
  const read = split === '0' || split === 'nonewlines' ? inOneLine : (text: string) => text
  const sources = texts.map((text) => ({ text: read(text), spans: [] }))
  const translations = await translateVia(service, route, sources, call)
  return translations.map(({ text, confidence }, i) => ({
    text: preserveFormatting ? withFormattingOf(texts[i], text) : text,
    confidence: confidence?.score ?? null,
  }))
}

async function translateTagged(
  service: Service,
  route: readonly Chosen[],
  given: readonly string[],
  tags: TagHandling,
  call: PivotCall,
): Promise<TranslatedText[]> {
  const most = service.settings.queue
  let translated = given.map((text): TranslatedText => ({ text, confidence: null }))
  for (const place of route.keys())
    translated = await useLeg(service, route, place, call, async (translator, options) => {
      const texts = translated.map(({ text }) => text)
      const { model, source, target } = route[place]
      const languages = saidLanguages(model.folder, { sourceLanguage: source, targetLanguage: target })
      const documents = await tagged(texts, { tags, languages }, options, most)
      const sources = documents.flatMap(({ texts }): readonly Source[] => texts)
      const translations = sources.length ? await translator.translate(sources, options) : []
      let begin = 0
      const work = documents.map(async (each) => {
        const own = translations.slice(begin, begin + each.texts.length)
        begin += own.length
        const text = await each.translated(own.map(({ text, spans = [] }) => ({ text, spans })))
        return { text, confidence: meanConfidence(own) }
      })
      return Promise.all(work)
    })
  return translated
}

function meanConfidence(translations: readonly Translation[]): number | null {
  const scores = translations.flatMap(({ confidence }) => confidence?.score ?? [])
  return scores.length ? scores.reduce((sum, score) => sum + score, 0) / scores.length : null
}
