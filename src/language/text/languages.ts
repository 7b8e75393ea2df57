import { didYouMean } from '../../base/did-you-mean.ts'
import { GlassformerError } from '../../base/errors.ts'
import { onFirstUse } from '../../base/limits.ts'

/** The languages of a translation, as people write them: 'fr', 'fra', 'fr_XX', 'French'. */
export interface Languages {
  /** The language of the sources. Default: the folder's source language. */
  sourceLanguage?: string
  /** The language of the translations. Default: from the folder's generation settings, or from the text itself. */
  targetLanguage?: string
}

/**
 * Languages of vocabularies for which CLDR has a separate code from the one that people use, and the codes of Argos
 * Translate for Brazilian Portuguese and Chinese in traditional script.
 */
const alsoKnown: Readonly<Record<string, string>> = {
  pbt: 'ps',
  nob: 'no',
  nb: 'no',
  cmn: 'zh',
  quy: 'qu',
  tl: 'fil',
  pb: 'pt-BR',
  zt: 'zh-Hant',
}

/** Language names that CLDR lacks. */
const alsoCalled: Readonly<Record<string, string>> = {
  farsi: 'fa',
  tagalog: 'fil',
  mandarin: 'zh',
  'mandarin chinese': 'zh',
  castilian: 'es',
  flemish: 'nl',
  valencian: 'ca',
}

/**
 * The BCP 47 tag of a vocabulary's code: 'fr-Latn' of NLLB's fra_Latn, 'fr' of mBART's fr_XX, of M2M100's fr and of
 * Marian's fra. Undefined where the code names no language.
 */
export function languageTag(code: string): string | undefined {
  if (tags.has(code)) return tags.get(code)
  const tag = newTag(code)
  if (tags.size >= MOST_TAGS) tags.clear()
  tags.set(code, tag)
  return tag
}

/** A cache of tags by code: a server looks up the same codes at each request, and Intl takes 15 µs. */
const tags = new Map<string, string | undefined>()
const MOST_TAGS = 1000

function newTag(code: string): string | undefined {
  const parts = code.replaceAll('_', '-').replace(/-XX$/i, '')
  try {
    const locale = new Intl.Locale(parts)
    const language = alsoKnown[locale.language] ?? locale.language
    return new Intl.Locale(language, { script: locale.script, region: locale.region }).toString()
  } catch {
    return undefined
  }
}

/**
 * The code among `codes` for a language that a person names by the code, by another code of the language ('fr', 'fra',
 * 'fre', 'fr-CA', 'fra_Latn'), or by its name in English or in the language itself ('French', 'français'). Undefined
 * where there is none.
 */
export function findLanguage(given: string, codes: readonly string[]): string | undefined {
  const asked = given.trim()
  const plain = asked.toLowerCase().replaceAll('-', '_')
  const same = codes.find((code) => code.toLowerCase() === plain)
  if (same !== undefined) return same
  const name = folded(asked)
  const byTag = bestOf(Object.hasOwn(alsoCalled, name) ? alsoCalled[name] : asked, codes)
  if (byTag !== undefined) return byTag
  const named = codes.filter((code) => namesOf(code).some((own) => folded(own) === name))
  return named.length > 1 ? (bestOf(languageOf(named[0]) ?? '', named) ?? named[0]) : named[0]
}

/**
 * The code for a person's name of a language. @throws GlassformerError ERR_OPTION with the nearest names; `option`
 * names the option
 */
export function languageCode(option: string, given: string, codes: readonly string[], where: string): string {
  const found = findLanguage(given, codes)
  if (found !== undefined) return found
  if (!codes.length)
    throw new GlassformerError('ERR_OPTION', `option '${option}': ${where} has no languages to choose from`)
  const names = codes.flatMap((code) => [code, ...namesOf(code).filter((name) => name.length >= SHORTEST_NAME)])
  const list = codes.length > MOST_LISTED ? `${codes.slice(0, MOST_LISTED).join(', ')}, …` : codes.join(', ')
  throw new GlassformerError(
    'ERR_OPTION',
    `option '${option}': ${where} has no language '${given.slice(0, 64)}'${didYouMean(given, names)}; it has ${codes.length}: ${list}`,
  )
}

/** The maximum number of codes in a message, and the minimum length of a suggested name. */
const MOST_LISTED = 20
const SHORTEST_NAME = 4

/** Among the codes of a tag's language, the one with the tag's script and region, or with the usual ones. */
function bestOf(tag: string, codes: readonly string[]): string | undefined {
  const asked = languageTag(tag)
  if (asked === undefined) return undefined
  const [first] = tag.toLowerCase().split(/[-_]/)
  const wanted = new Intl.Locale(asked)
  const usual = wanted.maximize()
  let best: string | undefined
  let most = -1
  for (const code of codes) {
    const own = languageTag(code)
    if (own === undefined) continue
    const locale = new Intl.Locale(own)
    if (locale.language !== wanted.language) continue
    if (wanted.script !== undefined && locale.script !== undefined && locale.script !== wanted.script) continue
    const full = locale.maximize()
    const likeness =
      (code.toLowerCase().split('_')[0] === first ? 8 : 0) +
      (full.script === usual.script ? 4 : 0) +
      (full.region === usual.region ? 2 : 0) +
      (own === asked ? 1 : 0)
    if (likeness <= most) continue
    most = likeness
    best = code
  }
  return best
}

const languageOf = (code: string): string | undefined => {
  const tag = languageTag(code)
  return tag === undefined ? undefined : new Intl.Locale(tag).language
}

/** Lower case, without accents and punctuation. */
const folded = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

const known = new Map<string, readonly string[]>()

/** The names of a code's language in English and in the language itself, with and without its script or region. */
function namesOf(code: string): readonly string[] {
  let names = known.get(code)
  if (names === undefined) {
    names = readNames(code)
    known.set(code, names)
  }
  return names
}

function readNames(code: string): string[] {
  const tag = languageTag(code)
  if (tag === undefined) return []
  const { language } = new Intl.Locale(tag)
  const names = ['en', language].flatMap((speaker) =>
    (['standard', 'dialect'] as const).flatMap((form) => {
      const display = displayOf(speaker, form)
      return [language, tag].map((asked) => display?.of(asked))
    }),
  )
  return [...new Set(names)].filter((name): name is string => name !== undefined && name !== language && name !== tag)
}

function displayOf(language: string, languageDisplay: 'standard' | 'dialect'): Intl.DisplayNames | undefined {
  try {
    return new Intl.DisplayNames([language], { type: 'language', fallback: 'none', languageDisplay })
  } catch {
    return undefined
  }
}

/** V8 takes ten milliseconds to make it. */
const english = onFirstUse(() => new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' }))

/** The English name of a code's language; undefined where the code names none. */
export function englishName(code: string): string | undefined {
  const tag = languageTag(code)
  return tag === undefined ? undefined : english().of(tag)
}

/**
 * The tag by which a document says a language that a person names by a code or in English: without a script that the
 * language is written in anyway. Undefined where no language is named.
 */
export function documentTag(given: string): string | undefined {
  const tag = englishName(given) === undefined ? codeOfName(given) : languageTag(given)
  if (tag === undefined) return undefined
  const { language, script, region } = new Intl.Locale(tag)
  const isUsual = script === new Intl.Locale(language).maximize().script
  return new Intl.Locale(language, { ...(!isUsual && { script }), region }).toString()
}

/** The code of a language by its English name. */
const codeOfName = (name: string): string | undefined => alsoCalled[folded(name)] ?? codesByName().get(folded(name))

/** Codes of two letters by the English names of their languages. */
const codesByName = onFirstUse(() => {
  const letters = [...'abcdefghijklmnopqrstuvwxyz']
  const codes = letters.flatMap((first) => letters.map((second) => first + second))
  return new Map(codes.map((code) => [folded(english().of(code) ?? ''), code]))
})

/** Scripts that are written from right to left. */
const FROM_RIGHT = /^(?:Adlm|Arab|Hebr|Mand|Nkoo|Rohg|Samr|Syrc|Thaa)$/

/** Whether a language is written from right to left; false for a code that names no language. */
export function isFromRight(code: string): boolean {
  const tag = languageTag(code)
  return tag !== undefined && FROM_RIGHT.test(new Intl.Locale(tag).maximize().script ?? '')
}
