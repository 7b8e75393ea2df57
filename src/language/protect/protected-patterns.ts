import { onFirstUse } from '../../base/limits.ts'
import type { Span } from './span.ts'

/** HTML's elements without a closing tag. */
const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '))

/** HTML's other elements. `<name>` without a closing tag is a placeholder unless it is one of these. */
const ELEMENTS = new Set(
  (
    'a abbr address article aside audio b bdi bdo blockquote body button canvas caption center cite code colgroup data datalist dd del ' +
    'details dfn dialog div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hgroup html i iframe ins ' +
    'kbd label legend li main map mark menu meter nav noscript object ol optgroup option output p picture pre progress q rp rt ruby s ' +
    'samp script search section select slot small span strike strong style sub summary sup svg table tbody td template textarea tfoot ' +
    'th thead time title tr tt u ul var video'
  ).split(' '),
)

// biome-ignore lint/style/noNonNullAssertion: the pattern matches every text that comes here
const nameOf = (tag: string) => /[\w.:-]+/.exec(tag)![0].toLowerCase()

/** Whether an opening tag is the whole element. */
const isWhole = (tag: string): boolean => tag.endsWith('/>') || VOID.has(nameOf(tag))

/** The same spans, where an unclosed `<name>` that HTML does not know is a copied unit. */
function withPlaceholders(text: string, spans: readonly Span[]): Span[] {
  const name = ({ start, end }: Span) => nameOf(text.slice(start, end))
  const open = new Map<string, Span[]>()
  const ended = new Set<Span>()
  for (const span of spans) {
    if (span.kind === 'open') {
      const others = open.get(name(span))
      if (others) others.push(span)
      else open.set(name(span), [span])
    }
    if (span.kind !== 'close') continue
    const begun = open.get(name(span))?.pop()
    if (begun) ended.add(begun)
  }
  return spans.map((span) => {
    const isPlaceholder = span.kind === 'open' && !ended.has(span) && !ELEMENTS.has(name(span))
    return isPlaceholder ? { ...span, kind: 'copy' } : span
  })
}

/** Whether a text may have any unmistakable part. Most texts need only this test. */
export const mayBeProtected = (text: string): boolean => HINTS.test(text)

const HINTS = /[<{%@&]|\$t\(|:\/\/|[a-z0-9]\.[a-z]|mailto:/i

// All repetitions are bounded, so that a search takes linear time.

const NAME = '[A-Za-z][\\w.:-]{0,63}'
const VALUE = `(?:"[^"<]{0,2048}"|'[^'<]{0,2048}'|[^\\s"'=<>\`]{1,2048})`
/** Attributes that may have no value; 'if a<b and c>d' has no tag. */
const BARE =
  '(?:allowfullscreen|async|autofocus|autoplay|checked|controls|default|defer|disabled|download|hidden|inert|ismap|itemscope|loop|' +
  'multiple|muted|nomodule|novalidate|open|playsinline|readonly|required|reversed|selected)(?=[\\s/>])'
const ATTRIBUTE = `(?:[\\w:@.-]{1,64}\\s{0,8}=\\s{0,8}${VALUE}|${BARE})`

const LABEL = '[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]{0,62})'
const EMAIL = `[\\p{L}\\p{N}][\\p{L}\\p{N}._%+-]{0,63}@(?:${LABEL}\\.){1,8}\\p{L}{2,24}(?![\\p{L}\\p{N}])`

const PATH = '(?:[^\\s<>"«»“”`{}|\\\\^]|\\$?\\{[\\w.$-]{0,64}\\})'
/** Domains whose endings are not words of a language, or that are followed by a path. */
const DOMAIN =
  '(?<![\\p{L}\\p{N}@.-])(?:[a-z0-9][a-z0-9-]{0,62}\\.){1,8}' +
  `(?:(?:com|org|net|edu|gov|info|io|dev|app|fr|eu|uk|ch|nl|jp|cn|br|tv)(?![\\p{L}\\p{N}.@-]*[\\p{L}\\p{N}@])(?:[/:?#]${PATH}{0,2048})?|[a-z]{2,24}/${PATH}{0,2048})`
const URL = `(?:(?:https?|ftps?|sftp|ssh|git|file|wss?|s3)://|www\\.|mailto:)${PATH}{1,2048}|${DOMAIN}`

const BRACED =
  '\\$t\\([^()\\n]{1,256}\\)|' + // $t(key), another text of i18next
  '[$#%]?\\{{2,3}[^{}\\n]{1,256}\\}{2,3}' + // {{ user.name }}
  '|[$#@%]\\{[^{}\\n]{1,256}\\}' + // ${user.name}, #{name}, %{name}
  '|\\{%[^{}\\n]{1,256}%\\}' +
  '|\\{ ?[\\w$@.:/[\\]()-]{0,128}(?:, ?(?:number|date|time|spellout|ordinal|duration|list)(?:,[^{}\\n]{1,128})?|[:!][\\w.%+#,<>=^-]{1,32})? ?\\}'
/** The beginning of an ICU message, which extends to its closing bracket. */
const FORMS = '\\{ ?[\\w$.-]{1,128} ?, ?(?:plural|select|selectordinal) ?,'

/** Formats of printf, Python and Qt, except a percent sign after a digit: "50 % de". */
const FORMAT =
  '(?<![\\p{N}%]\\s?)%(?:(?:\\([\\w.-]{1,64}\\)|\\d{1,2}\\$)?[-+#0]{0,4}(?:\\d{1,4}|\\*)?(?:\\.(?:\\d{1,4}|\\*))?' +
  '(?:(?:hh|h|ll|l|L|q|j|z|t)?[diouxXeEfFgGaAcCsSpn@](?![\\p{L}\\p{N}])|[ds](?=[\\p{L}]{1,3}(?![\\p{L}])))|L?\\d{1,2}(?![\\p{N}]))' +
  '|%%|%[A-Z][A-Z0-9_]{1,63}%'

const ENTITY = '&(?:[A-Za-z][A-Za-z0-9]{1,31}|#\\d{1,7}|#[xX][0-9A-Fa-f]{1,6});'

/** Parts that extend to the next end marker, with any content. */
const ENDS: Readonly<Record<string, string>> = { '<!--': '-->', '<![CDATA[': ']]>', '<%': '%>' }
const DELIMITED = '<!--|<!\\[CDATA\\[|<%'

const PATTERNS = {
  declaration: '<!DOCTYPE[^<>]{0,2048}>|<\\?[a-z][^<>]{0,2048}\\?>',
  delimited: DELIMITED,
  close: `</${NAME}\\s{0,8}>`,
  open: `<${NAME}(?:\\s{1,8}${ATTRIBUTE}){0,64}\\s{0,8}/?>`,
  bracketed: `<(?:${EMAIL}|(?:https?|ftp)://[^\\s<>]{1,2048})>`,
  email: EMAIL,
  url: URL,
  forms: FORMS,
  braced: BRACED,
  format: FORMAT,
  entity: ENTITY,
}

const anyPattern = onFirstUse(
  () =>
    new RegExp(
      Object.entries(PATTERNS)
        .map(([name, pattern]) => `(?<${name}>${pattern})`)
        .join('|'),
      'gu',
    ),
)

const LONGEST = 2048

/** The unmistakable parts of a text: URLs, e-mail addresses, placeholders, formats, tags and entities, in order. */
export function protectedPatterns(text: string): Span[] {
  const spans: Span[] = []
  const any = anyPattern()
  any.lastIndex = 0
  for (let match = any.exec(text); match; match = any.exec(text)) {
    const { 0: all, index: start, groups } = match as RegExpExecArray & { groups: Partial<typeof PATTERNS> }
    const length = lengthOf(text, start, all, groups)
    any.lastIndex = start + Math.max(1, length)
    if (length <= 0) continue
    spans.push({ start, end: start + length, kind: kindOf(all, groups) })
  }
  return withPlaceholders(text, spans)
}

/** The length of the part found; 0 where it has no end. */
function lengthOf(
  text: string,
  start: number,
  found: string,
  { url, forms, delimited }: Partial<typeof PATTERNS>,
): number {
  if (url) return withoutTail(found)
  if (forms) return closingBrace(text, start) - start
  if (!delimited) return found.length
  const within = text.slice(start, start + LONGEST).indexOf(ENDS[found])
  return within < 0 ? 0 : within + ENDS[found].length
}

function kindOf(
  found: string,
  { declaration, delimited, open, close, entity }: Partial<typeof PATTERNS>,
): Span['kind'] {
  if (declaration || (delimited && found !== '<%') || (open && isWhole(found)) || (entity && SPACE.test(found)))
    return 'mark'
  return open ? 'open' : close ? 'close' : 'copy'
}

/** Entities of white space or invisible characters. */
const SPACE =
  /^&(?:nbsp|ensp|emsp|thinsp|hairsp|numsp|puncsp|emsp13|emsp14|MediumSpace|NoBreak|shy|zwj|zwnj|lrm|rlm|Tab|NewLine|#160|#x0*a0|#8239|#x0*202f);$/i

/** The length of a URL without the punctuation after it, and without closing brackets that it does not open. */
function withoutTail(url: string): number {
  let length = url.length
  for (;;) {
    const end = /(?:&[a-z]{2,8};|[.,;:!?'’…*_~])$/i.exec(url.slice(0, length))
    if (end) length -= end[0].length
    else if (url[length - 1] === ')' && isUnopened(url.slice(0, length), '(', ')')) length--
    else if (url[length - 1] === ']' && isUnopened(url.slice(0, length), '[', ']')) length--
    else return length
  }
}

const isUnopened = (text: string, open: string, close: string) => text.split(close).length > text.split(open).length

/** The position after the bracket that closes the one at `start`, or `start` where nothing closes it. */
function closingBrace(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < Math.min(text.length, start + LONGEST); at++) {
    if (text[at] === '{') depth++
    if (text[at] === '}' && --depth === 0) return at + 1
  }
  return start
}
