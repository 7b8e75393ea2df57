import { setImmediate as nextTurn } from 'node:timers/promises'
import { lastOf } from '../../../base/present.ts'
import type { Parsing } from '../../../language/markup/parse.ts'
import type { PlacedText } from '../../../language/protect/span.ts'
import type { Scheduling } from '../../../workers/requests/scheduling.ts'
import { newNumber } from '../../../workers/requests/submit.ts'
import { PART, type TextsPart } from './messages.ts'
import { type Ask, parsingThreads } from './parsing-threads.ts'
import type { OpenDocument } from './read-document.ts'

/**
 * Reads a document in a separate thread. `check` is given the number of its texts, and may refuse them before more than
 * the first part of them comes to this thread.
 * @throws what `check` throws; GlassformerError ERR_INPUT, with the line, for a document that cannot be parsed; ERR_INPUT_TOO_LONG for one
 * that takes too much time or memory; ERR_ABORTED
 */
export async function readInThread(
  source: string,
  parsing: Parsing,
  scheduling: Partial<Scheduling>,
  check?: (count: number) => void,
): Promise<OpenDocument> {
  const id = newNumber()
  const { length } = source
  const document = { id, source, parsing }
  const read = async (ask: Ask): Promise<Pick<OpenDocument, 'texts' | 'lines' | 'left' | 'compared'>> => {
    const parts = [await ask<TextsPart>({ kind: 'read', ...document })]
    check?.(parts[0].count)
    while (!lastOf(parts).isLast) parts.push(await ask<TextsPart>({ kind: 'more' }))
    return {
      texts: parts.flatMap(({ texts }) => texts),
      lines: parts.flatMap(({ lines }) => lines),
      left: parts[0].left,
      compared: parts[0].compared,
    }
  }
  const what = (does: string) => `a document in ${parsing.format} of ${length} characters, which ${does},`
  return {
    ...(await parsingThreads.do({ id, length, what: what('is parsed'), run: read }, scheduling)),
    translated: (translations) =>
      parsingThreads.do(
        {
          id,
          length,
          what: what('is written'),
          run: async (ask) => {
            for (const list of partsOf(translations)) {
              await ask({ kind: 'translations', list })
              await nextTurn()
            }
            return (await ask<{ text: string }>({ kind: 'write', ...document })).text
          },
        },
        scheduling,
      ),
  }
}

/** Translations, in parts. */
function* partsOf(translations: readonly (PlacedText | null)[]): Generator<readonly (PlacedText | null)[]> {
  let begin = 0
  let size = 0
  for (const [i, translation] of translations.entries()) {
    size += 1 + (translation?.spans.length ?? 0)
    if (size < PART) continue
    yield translations.slice(begin, i + 1)
    begin = i + 1
    size = 0
  }
  yield translations.slice(begin)
}
