import { Document, isText, type Unit, unreadable } from '../document/document.ts'
import { CST, isCollection, isScalar, parseAllDocuments, visit } from './yaml-tree.ts'

/**
 * Parses YAML with the strings of a program. String values with words are translated; keys, comments, anchors, tags and
 * the order stay, and a value keeps its style: plain, quoted, literal or folded.
 * @throws GlassformerError ERR_INPUT, with the line, for a text that is not YAML
 */
export function parseYaml(source: string): Document {
  const begin = source.startsWith('\ufeff') ? 1 : 0
  const documents = parseAllDocuments(source.slice(begin), { keepSourceTokens: true, prettyErrors: false })
  const units: Unit[] = []
  if ('empty' in documents) return new Document(source, units)
  for (const document of documents) {
    const [error] = document.errors
    if (error) throw unreadable(source, error.pos[0] + begin, `this is no YAML: ${error.message}`)
    visit(document, {
      Scalar(key, { value, srcToken, tag }, path) {
        if (key === 'key' || typeof value !== 'string' || !srcToken || (tag && !tag.endsWith(':str'))) return
        const place = {
          inFlow: path.some((each) => isCollection(each) && each.flow === true),
          afterKey: key === 'value',
        }
        if (isText(value)) units.push(unitOf(value, srcToken as ScalarToken, begin, place))
      },
      Pair(_, { key }) {
        // Merged mappings and keys of programs have no words.
        return isScalar(key) && key.value === '<<' ? visit.SKIP : undefined
      },
    })
  }
  return new Document(source, units)
}

type ScalarToken = CST.FlowScalar | CST.BlockScalar

/** Where a scalar stands, which decides how it may be written. */
type ScalarPlace = Parameters<typeof CST.setScalarValue>[2]

/**
 * Plain scalars that YAML 1.1 or 1.2 reads as no text: truth values, null, numbers (also in base 60), dates, the mark of a merge.
 */
const OTHER_TYPE =
  /^(?:y|n|yes|no|true|false|on|off|null|~|<<|=|[-+]?\.(?:inf|nan)|[-+]?[\d.][\d_.,]*(?:e[-+]?\d+)?|[-+]?0[bxo][\da-f_]+|[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?|\d{4}-\d\d?-\d\d?(?:[Tt\s].*)?)?$/i

function unitOf(value: string, token: ScalarToken, begin: number, place: ScalarPlace): Unit {
  const start = token.offset + begin
  const end = start + written(token).length
  const text = value.trimEnd()
  return {
    at: start,
    text: { text, spans: [] },
    edits: (translation) => {
      const copy = structuredClone(token)
      const type = OTHER_TYPE.test(translation.text) ? 'QUOTE_DOUBLE' : undefined
      const isPlain = copy.type === 'scalar'
      CST.setScalarValue(copy, translation.text + value.slice(text.length), {
        ...place,
        ...(isPlain && type && { type }),
      })
      return [{ start, end, text: written(copy) }]
    },
  }
}

/** A scalar as the source spells it, without what follows it in its line. */
const written = (token: ScalarToken) => CST.stringify('end' in token ? { ...token, end: undefined } : token)
