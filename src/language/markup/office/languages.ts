import { isSource, type SaidLanguages, withRegion } from '../document/said-languages.ts'
import type { PartKind } from './parts.ts'

/**
 * A part of an office document or a book that says the language of the translation wherever it said that of the source, and
 * in its defaults in any case.
 */
export function inLanguage(source: string, kind: PartKind, { source: from, target }: SaidLanguages): string {
  const to = withRegion(target)
  const isDefault = kind === 'languages'
  if (kind === 'sheet' || kind === 'book') return source
  if (kind === 'open document')
    return source.replace(/<style:text-properties\b[^<>]*>/g, (tag) => openDocument(tag, from, to))
  if (kind === 'properties' || kind === 'labels') return propertiesIn(source, from, target)
  return propertiesIn(source, from, to)
    .replace(/<w:docDefaults>[\s\S]*?<\/w:docDefaults>/, (all) => all.replace(WORD, (tag) => word(tag, to)))
    .replace(WORD, (tag) => (isSource(valueOf(tag, 'w:val') ?? '', from) ? word(tag, to) : tag))
    .replace(
      /(<a:(?:rPr|endParaRPr|defRPr)\b[^<>]*?\slang="|<c:lang\b[^<>]*?\sval=")([^"]*)/g,
      (_, before: string, said: string) => before + (isDefault || isSource(said, from) ? to : said),
    )
}

const WORD = /<w:(?:lang|themeFontLang)\b[^<>]*>/g

/** Languages whose scripts Word and LibreOffice keep apart from others. */
const ASIAN = /^(?:ja|ko|zh)\b/
const COMPLEX = /^(?:ar|bn|dv|fa|gu|he|hi|kn|km|lo|ml|mr|my|ne|pa|ps|sd|si|ta|te|th|ug|ur|yi)\b/

/** Word's element of the languages of a run, or of a theme's fonts: `w:val`, beside it `w:eastAsia` or `w:bidi`. */
function word(tag: string, to: string): string {
  const apart = ASIAN.test(to) ? 'w:eastAsia' : COMPLEX.test(to) ? 'w:bidi' : null
  const named = withValue(tag, 'w:val', to)
  return apart === null ? named : withValue(named, apart, to)
}

/** The languages of OpenDocument's text properties: `fo:language` and `fo:country`, and those of other scripts. */
function openDocument(tag: string, from: string | undefined, to: string): string {
  if (!isSource(valueOf(tag, 'fo:language') ?? '', from)) return tag
  const [language, country = 'none'] = to.split('-')
  const named = withValue(withValue(tag, 'fo:language', language), 'fo:country', country)
  const apart = ASIAN.test(to) ? '-asian' : COMPLEX.test(to) ? '-complex' : null
  if (apart === null) return named
  return withValue(withValue(named, `style:language${apart}`, language), `style:country${apart}`, country)
}

const valueOf = (tag: string, name: string): string | undefined => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]

/** A tag with an attribute, in place of an earlier value or behind the others. */
const withValue = (tag: string, name: string, value: string): string =>
  valueOf(tag, name) === undefined
    ? tag.replace(/\s*\/?>$/, (end) => ` ${name}="${value}"${end.trimStart()}`)
    : tag.replace(new RegExp(`(\\s${name}=")[^"]*`), `$1${value}`)

/** Properties of a document or a book: `dc:language`, the first one or those of the source; `xml:lang` of elements. */
function propertiesIn(source: string, from: string | undefined, target: string): string {
  const said = [...source.matchAll(LANGUAGE)].map(([, , language]) => isSource(language, from))
  let at = -1
  return source
    .replace(LANGUAGE, (all, before: string) => {
      at++
      return (said.includes(true) ? said[at] : at === 0) ? before + target : all
    })
    .replace(/(\sxml:lang=")([^"]*)/g, (all, before: string, language: string) =>
      isSource(language, from) ? before + target : all,
    )
}

const LANGUAGE = /(<dc:language\b[^<>]*>)([^<]*)/g
