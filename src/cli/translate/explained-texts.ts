import { notUtf8 } from '../../formats/disk/input-lines.ts'
import { splitLines } from '../../language/text/sentences/lines.ts'
import { joinSentences, splitSentences } from '../../language/text/sentences/sentences.ts'
import type { Trace } from '../../trace/data/trace.ts'
import { isAboutOneText, type PoolTranslator } from '../../use/translate/calls/index.ts'
import { splitsAlways, type TranslateOptions } from '../../use/translate/options/options.ts'
import type { Source } from '../../use/translate/translation/translation.ts'
import type { Batch } from '../lines/line-batches.ts'
import { colorsOf } from '../terminal/color.ts'
import { lineOf } from '../terminal/failure.ts'
import { EXPLAINED, explanation } from './explain.ts'

/** The formats of input texts and printed explanations. */
interface Explaining {
  /** The prefix on standard error before the reason why the model cannot take text number n. */
  prefix(n: number): string
  /** The source in a text, by default the text itself; the function may throw ERR_INPUT. */
  sourceOf?(text: string): Source
  write(text: string): Promise<void>
}

/**
 * Explains texts one by one. Where the model cannot take a text, standard error says why, and the command fails at its
 * end.
 */
export async function explainBatches(
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  translator: PoolTranslator,
  options: TranslateOptions,
  { prefix, sourceOf = (text) => text, write }: Explaining,
): Promise<void> {
  let count = 0
  for await (const { texts, garbled } of batches)
    for (const [i, text] of texts.entries()) {
      count++
      try {
        if (garbled.includes(i)) throw notUtf8
        await write(await explained(sourceOf(text), translator, options))
      } catch (error) {
        if (!isAboutOneText(error)) throw error
        process.exitCode = 1
        process.stderr.write(`${lineOf(error, prefix(count))}\n`)
      }
    }
}

/** The translation of a source, and the trace of each of its sentences. */
async function explained(
  source: Source,
  translator: PoolTranslator,
  {
    split,
    protect: _protect,
    copyUnknown: _copyUnknown,
    readCapitals: _readCapitals,
    glossary: _glossary,
    numbers: _numbers,
    memory: _memory,
    memoryThreshold: _memoryThreshold,
    memoryUse: _memoryUse,
    confidence: _confidence,
    minConfidence: _minConfidence,
    packTokens: _packTokens,
    context: _context,
    columns: _columns,
    attributes: _attributes,
    properties: _properties,
    direction: _direction,
    ...options
  }: TranslateOptions,
): Promise<string> {
  const terminal = { columns: columnsOf(process.stdout), colors: colorsOf(process.stdout, process.env) }
  const inspected = (sentence: Source) => translator.inspect(sentence, { ...options, ...EXPLAINED })
  if (typeof source !== 'string') {
    const trace = await inspected(source)
    return `${trace.target.ids.join(' ')}\n\n${explanation(trace, terminal)}\n`
  }
  const { sentences, spaces } = await sentencesOf(source, translator, split)
  const traces: Trace[] = []
  for (const sentence of sentences) traces.push(await inspected(sentence))
  const text = joinSentences(
    traces.map(({ target }) => target.text),
    spaces,
  )
  return `${text}\n${traces.map((trace) => `\n${explanation(trace, terminal)}`).join('')}\n`
}

/** The sentences into which a translation splits a text. */
async function sentencesOf(text: string, { model }: PoolTranslator, split: TranslateOptions['split'] = 'auto') {
  return splitsAlways(split, model.trainedOn) ? splitSentences(text) : splitLines(text)
}

/** The width of the terminal, or COLUMNS where it is set. */
function columnsOf({ columns }: { columns?: number }): number {
  const told = Number(process.env.COLUMNS)
  return columns ?? (Number.isInteger(told) && told > 0 ? told : 80)
}
