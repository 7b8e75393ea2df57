import { closeSync, ftruncateSync, openSync, readFileSync, renameSync } from 'node:fs'
import { GlassformerError } from '../../base/errors.ts'
import { whole } from '../../base/values/number-text.ts'
import { readLines } from '../../formats/disk/lines.ts'
import { fileError, hasFile } from '../../formats/disk/read-file.ts'
import { writeWhole } from '../../formats/disk/replace-file.ts'
import { sentenceBleu } from '../../learn/evaluate/bleu.ts'
import type { Pair } from '../../learn/train/pairs/corpus.ts'
import { isFailure, type PoolTranslator, translateEach } from '../../use/translate/calls/index.ts'
import type { Translation } from '../../use/translate/translation/translation.ts'
import { CHUNK_SIZE, sizeOf } from '../../workers/index.ts'
import { openProgress } from '../terminal/progress.ts'
import { inOrder } from './in-order.ts'
import { CHARACTERS_PER_WORKER } from './translate-batches.ts'

/**
 * The target that a source gets: 'best', the best translation; 'nearest', the one of all beams that is nearest to
 * the reference by sentence BLEU (Kim and Rush 2016, 3.3); 'both', this one and the reference.
 */
export const targetKinds = ['best', 'nearest', 'both'] as const
export type TargetKind = (typeof targetKinds)[number]

export interface TranslatingPairs {
  translator: PoolTranslator
  workers: number
  beams: number
  targets: TargetKind
  /** Whether the progress is shown; by default where standard error is a terminal. */
  progress?: boolean
}

/**
 * Translates the sources of pairs into a TSV file. A file that is whole stays. Translations are appended as they come,
 * under another name; where a process was killed, the next one goes on after the last whole source, to the same bytes,
 * as a translation does not depend on those beside it. A source that the model cannot take has an empty target.
 * @throws GlassformerError ERR_INPUT where the file was begun from other sources; ERR_FILE
 */
export async function translatePairs(
  path: string,
  pairs: AsyncIterable<Pair>,
  options: TranslatingPairs,
): Promise<void> {
  if (hasFile(path)) return
  const { translator, beams, targets } = options
  const part = `${path}.part`
  let total = 0
  for await (const _ of pairs) total++
  const left = pairs[Symbol.asyncIterator]()
  const begun = await begunIn(part, left, targets === 'both' ? 2 : 1)
  const descriptor = openedAt(part, begun.bytes)
  const progress = await openProgress(options.progress, total - begun.sources, 'sentence')
  if (begun.sources) progress.say(`going on from sentence ${whole(begun.sources)} of ${whole(total)}`)
  let done = 0
  try {
    await inOrder({
      batches: batchesOf(left),
      size: sizeOfAll,
      most: options.workers * CHARACTERS_PER_WORKER,
      work: (batch) =>
        translateEach(
          batch.map(({ source }) => source),
          translator,
          { beams, split: 'long', ...(targets !== 'best' && { alternatives: beams }) },
        ),
      deliver: async (batch, outcomes) => {
        const lines = batch.flatMap(({ source, target }, i) => {
          const outcome = outcomes[i]
          const own = isFailure(outcome) ? '' : targets === 'best' ? outcome.text : nearest(outcome, target)
          return [...(targets === 'both' ? [target] : []), own].map((text) => `${cell(source)}\t${cell(text)}\n`)
        })
        append(descriptor, part, lines.join(''))
        done += batch.length
        progress.reached(done, done)
      },
    })
  } finally {
    progress.end()
    closeSync(descriptor)
  }
  rename(part, path)
}

/** A text in a cell of TSV. */
const cell = (text: string) => text.replace(/\s+/g, ' ').trim()

function nearest({ text, alternatives = [] }: Translation, reference: string): string {
  let [best, most] = [text, -1]
  for (const { text: other } of alternatives) {
    const { score } = sentenceBleu(other, [reference])
    if (score > most) [best, most] = [other, score]
  }
  return best
}

/**
 * The number of sources that a killed process has translated, and the bytes of their lines, `each` to a source. Takes
 * these sources from the pairs.
 */
async function begunIn(
  part: string,
  pairs: AsyncIterator<Pair>,
  each: number,
): Promise<{ sources: number; bytes: number }> {
  let [sources, bytes] = [0, 0]
  if (!hasFile(part)) return { sources, bytes }
  const whole = readFileSync(part).lastIndexOf('\n') + 1 // the last line may be cut short
  truncate(part, whole)
  let group: string[] = []
  for await (const lines of readLines(part))
    for (const line of lines) {
      group.push(line)
      if (group.length < each) continue
      const { done, value } = await pairs.next()
      if (done || group.some((own) => own.split('\t')[0] !== cell(value.source))) throw otherSources(part, sources + 1)
      bytes += group.reduce((sum, own) => sum + Buffer.byteLength(own) + 1, 0)
      sources++
      group = []
    }
  return { sources, bytes }
}

const otherSources = (part: string, n: number) =>
  new GlassformerError(
    'ERR_INPUT',
    `${part} was begun from other sentences (number ${whole(n)}): give the same pairs, or remove it`,
  )

/** Sentences that one call translates. */
async function* batchesOf(pairs: AsyncIterator<Pair>): AsyncGenerator<Pair[], void, undefined> {
  let batch: Pair[] = []
  for (let next = await pairs.next(); !next.done; next = await pairs.next()) {
    if (batch.length && sizeOfAll(batch) + sizeOf(next.value.source) > CHUNK_SIZE) {
      yield batch
      batch = []
    }
    batch.push(next.value)
  }
  if (batch.length) yield batch
}

const sizeOfAll = (batch: readonly Pair[]) => batch.reduce((sum, { source }) => sum + sizeOf(source), 0)

/** Opens the file for appending after its first bytes. */
function openedAt(path: string, bytes: number): number {
  try {
    const descriptor = openSync(path, 'a')
    ftruncateSync(descriptor, bytes)
    return descriptor
  } catch (cause) {
    throw fileError('write', path, cause)
  }
}

function truncate(path: string, bytes: number): void {
  closeSync(openedAt(path, bytes))
}

function append(descriptor: number, path: string, text: string): void {
  try {
    writeWhole(descriptor, Buffer.from(text))
  } catch (cause) {
    throw fileError('write', path, cause)
  }
}

function rename(part: string, path: string): void {
  try {
    renameSync(part, path)
  } catch (cause) {
    throw fileError('write', path, cause)
  }
}
