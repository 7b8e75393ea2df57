import { join } from 'node:path'
import { GlassformerError } from '../../../base/errors.ts'
import { inFile } from '../../../base/schema/place.ts'
import { read, settings } from '../../../base/schema/settings.ts'
import { integer } from '../../../base/schema/types.ts'
import { hasFile } from '../../../formats/disk/read-file.ts'
import { readJsonObject } from '../../../formats/disk/read-json.ts'
import { replaceText } from '../../../formats/disk/replace-file.ts'
import { readNameList } from '../augment/names.ts'
import { cleanCorpus } from '../pairs/cleaning.ts'
import type { CorpusSpec } from '../pairs/corpus.ts'
import { fingerprint, mixed } from '../pairs/fingerprint.ts'
import type { TrainConfig } from '../settings/config.ts'

/** The number of pairs by which a corpus is recognized, even after its files have moved. */
const FIRST = 1000

/** A hash of the first pairs of each corpus, and of the names for augmentation. */
export interface CorpusMarks {
  train: number
  validation: number | null
  /** Null if no pairs are mixed in. */
  mix: number | null
  /** Null if there is no list of names. */
  names: number | null
}

/**
 * Compares the marks of the corpora with the marks stored in `corpus.json` of a training's folder.
 * @throws GlassformerError ERR_INPUT if that file has other marks, ERR_MODEL_FORMAT if it is damaged, and the errors of
 * reading the pairs
 */
export async function knownCorpora(
  folder: string,
  { train, validation, mix, augment }: TrainConfig['data'],
  rowWidth?: number,
): Promise<CorpusMarks> {
  const before = hasFile(pathIn(folder)) ? readMarks(pathIn(folder)) : null
  const markNow = (spec: CorpusSpec) => (before ? markOf(spec, rowWidth).catch(mayHaveMoved) : markOf(spec, rowWidth))
  const marks = {
    train: await markNow(train),
    validation: validation && (await markNow(validation)),
    mix: mix && (await markNow(mix)),
    names: augment?.nameList === undefined ? null : fingerprint(0, ...(await readNameList(augment.nameList))).low,
  }
  if (!before) return marks
  for (const name of ['train', 'validation', 'mix'] as const)
    if (before[name] !== marks[name])
      throw new GlassformerError(
        'ERR_INPUT',
        `the pairs of data.${name} are not those that the training of ${folder} began with: ` +
          'give the files that they are in now, or train into another folder',
      )
  if (before.names !== marks.names)
    throw new GlassformerError(
      'ERR_INPUT',
      `the names of data.augment.nameList are not those that the training of ${folder} began with: ` +
        'give the file that they are in now, or train into another folder',
    )
  return marks
}

/** Throws the error of reading pairs, with advice: the files existed when the training began, and may have moved. */
function mayHaveMoved(cause: GlassformerError): never {
  if (cause.code !== 'ERR_FILE') throw cause
  throw new GlassformerError('ERR_FILE', `${cause.message}, or say where the pairs are now`, { cause })
}

const ofMarks = settings({
  train: { type: integer(0), says: 'of the training corpus' },
  validation: { type: integer(0), default: null, says: 'of the validation corpus' },
  mix: { type: integer(0), default: null, says: 'of the pairs that are mixed in' },
  names: { type: integer(0), default: null, says: 'of the list of names' },
})

const readMarks = (path: string): CorpusMarks => read(ofMarks, readJsonObject(path), inFile(path))

export function keepMarks(folder: string, marks: CorpusMarks): void {
  if (!hasFile(pathIn(folder))) replaceText(pathIn(folder), `${JSON.stringify(marks)}\n`)
}

const pathIn = (folder: string) => join(folder, 'corpus.json')

async function markOf(spec: CorpusSpec, rowWidth?: number): Promise<number> {
  let [mark, count] = [0, 0]
  for await (const pair of cleanCorpus(spec, { rowWidth })) {
    mark = mixed(mark, pair)
    if (++count === FIRST) break
  }
  return mark
}
