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

const nameOf = (tag: string) => /[\w.:-]+/.exec(tag)![0].toLowerCase()

/** Whether an opening tag is the whole element. */
export const isWhole = (tag: string): boolean => tag.endsWith('/>') || VOID.has(nameOf(tag))

/** The same spans, where an unclosed `<name>` that HTML does not know is a copied unit. */
export function withPlaceholders(text: string, spans: readonly Span[]): Span[] {
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
