import type { Document } from '#dist/language/markup/document/document.js'
import { type Parsing, parseDocument } from '#dist/language/markup/parse.js'

type Text = Document['texts'][number]
type Placed = Exclude<Parameters<Document['translated']>[0][number], null>

/** A translation in capitals. Spans stay where they are. */
export const inCapitals = ({ text, spans }: Text): Placed => changed(text, spans, (words) => words.toUpperCase())

/** The text with what stands between its spans changed by a function, which may change its length. */
export function changed(text: string, spans: Text['spans'], change: (words: string, part: number) => string): Placed {
  let result = ''
  let at = 0
  const placed = spans.map((span, index) => {
    result += change(text.slice(at, span.start), index)
    const start = result.length
    result += text.slice(span.start, span.end)
    at = span.end
    return { ...span, start, end: result.length, index, source: { start: span.start, end: span.end } }
  })
  return { text: result + change(text.slice(at), spans.length), spans: placed }
}

export async function translated(
  source: string,
  format: Parsing['format'],
  translate: (text: Text) => Placed | null = inCapitals,
  retranslate = false,
): Promise<string> {
  const document = await parseDocument(source, { format, retranslate })
  return document.translated(document.texts.map(translate))
}

/** A translated document without the marks that say that a machine has translated its entries. */
export const unmarked = (text: string): string =>
  text
    .replace(/# machine translation\r?\n/g, '')
    .replaceAll(' state="needs-review-translation" state-qualifier="mt-suggestion"', '')
    .replaceAll(' state="translated" subState="glassformer:machine"', '')

/** The texts of a document as the model reads them. */
export const textsOf = async (source: string, format: Parsing['format']): Promise<string[]> =>
  (await parseDocument(source, { format, retranslate: false })).texts.map(({ text }) => text)
