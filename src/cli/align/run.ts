import { GlassformerError } from '../../base/errors.ts'
import { counted } from '../../base/values/number-text.ts'
import { replaceText } from '../../formats/disk/replace-file.ts'
import { tmxOf } from '../../language/memory/tmx.ts'
import {
  type AlignedPair,
  alignByVectors,
  alignByWords,
  minePairs,
  type SentenceVectors,
  vectorsOfEncoder,
  vectorsOfTranslator,
} from '../../use/align/index.ts'
import { Encoder } from '../../use/encode/encoder.ts'
import { PoolTranslator } from '../../use/translate/calls/index.ts'
import { playFlags, workerFlags } from '../flags/options.ts'
import { type Flagged, givenBy } from '../flags/schema-flags.ts'
import { type DocumentPair, documentPairs, sentencesOfFile } from './document-pairs.ts'

export interface AlignCommandOptions extends Flagged<typeof playFlags>, Flagged<typeof workerFlags> {
  encoder?: string
  output?: string
  mine?: boolean
  least?: number
  model?: string
  back?: string
  from?: string
  to?: string
}

/** The margin from which two sentences of heaps are a pair (Artetxe and Schwenk 2019 take 1.06 and more). */
const LEAST_MARGIN = 1.06

/** How sentences are compared, and what is told about it. */
interface Method {
  says: string
  vectors: SentenceVectors | null
  translator: PoolTranslator | null
  close(): Promise<unknown>
}

/** `glassformer align`: pairs of sentences out of documents. */
export async function alignFiles(source: string, target: string, options: AlignCommandOptions): Promise<void> {
  const { from = 'fr', to = 'en', output, mine = false } = options
  if (mine && options.encoder === undefined)
    throw new GlassformerError(
      'ERR_OPTION',
      '--mine compares vectors: give --encoder FOLDER, an encoder of both languages, or --encoder own',
    )
  const files = documentPairs(source, target, [from, to])
  const method = await openMethod(options)
  say(method.says)
  try {
    const pairs: AlignedPair[] = []
    for (const [sources, targets] of await sentencesOf(files, { from, to, mine }))
      pairs.push(...(await paired(sources, targets, { method, mine, least: options.least })))
    write(output, pairs, { source: from, target: to })
    say(`${counted(pairs.length, 'pair')}${output === undefined ? '' : ` in ${output}`}`)
  } finally {
    await method.close()
  }
}

const say = (text: string) => process.stderr.write(`glassformer: ${text}\n`)

async function openMethod(options: AlignCommandOptions): Promise<Method> {
  const load = givenBy({ ...playFlags, ...workerFlags }, options)
  const { encoder, model, back = 'en-fr', from = 'fr', to = 'en' } = options
  if (encoder === 'own') {
    const translator = await PoolTranslator.load(model, load)
    const other = await PoolTranslator.load(back, load).catch(async (cause) => {
      await translator.close()
      throw cause
    })
    return {
      says: `by the means of the states of ${model ?? 'fr-en'}, with the target translated back by ${back}`,
      vectors: vectorsOfTranslator(translator, other),
      translator: null,
      close: () => Promise.all([translator.close(), other.close()]),
    }
  }
  if (encoder !== undefined) {
    const loaded = await Encoder.load(encoder, load)
    return {
      says: `by the vectors of ${encoder}`,
      vectors: vectorsOfEncoder(loaded),
      translator: null,
      close: () => loaded.close(),
    }
  }
  if (model === undefined && !(from.startsWith('fr') && to.startsWith('en')))
    return {
      says: `without an encoder of both languages or a --model from ${from} into ${to}: by lengths, and by names and numbers in common`,
      vectors: null,
      translator: null,
      close: async () => {},
    }
  const translator = await PoolTranslator.load(model, load)
  return {
    says: `without an encoder of both languages: by lengths, and by words in common with the translations of ${model ?? 'fr-en'}`,
    vectors: null,
    translator,
    close: () => translator.close(),
  }
}

/** The sentences of each pair of documents; heaps are all documents of a side together. */
async function sentencesOf(
  files: readonly DocumentPair[],
  { from, to, mine }: { from: string; to: string; mine: boolean },
): Promise<[string[], string[]][]> {
  const read: [string[], string[]][] = []
  for (const { source, target } of files) {
    if (!mine && (source === null || target === null)) {
      say(`${source ?? target} has no partner and is left out`)
      continue
    }
    read.push([
      source === null ? [] : await sentencesOfFile(source, from),
      target === null ? [] : await sentencesOfFile(target, to),
    ])
  }
  const sides = mine ? [[read.flatMap(([own]) => own), read.flatMap(([, own]) => own)] as [string[], string[]]] : read
  if (!sides.some(([sources, targets]) => sources.length && targets.length))
    throw new GlassformerError('ERR_INPUT', 'there are no sentences on one of the sides: are these the right files?')
  return sides.filter(([sources, targets]) => sources.length && targets.length)
}

async function paired(
  sources: readonly string[],
  targets: readonly string[],
  { method, mine, least }: { method: Method; mine: boolean; least?: number },
): Promise<AlignedPair[]> {
  const { vectors, translator } = method
  if (mine && vectors) return minePairs(sources, targets, { vectors, least: least ?? LEAST_MARGIN })
  const pairs = vectors
    ? await alignByVectors(sources, targets, vectors)
    : await alignByWords(sources, targets, translator)
  return least === undefined ? pairs : pairs.filter(({ score }) => score >= least)
}

function write(
  output: string | undefined,
  pairs: readonly AlignedPair[],
  languages: { source: string; target: string },
): void {
  const text = output?.endsWith('.tmx') ? [...tmxOf(pairs, languages)].join('') : pairs.map(lineOf).join('')
  if (output === undefined) process.stdout.write(text)
  else replaceText(output, text)
}

const lineOf = ({ source, target, score }: AlignedPair): string =>
  `${inCell(source)}\t${inCell(target)}\t${score.toFixed(4)}\n`

const inCell = (text: string) => text.replace(/\s+/g, ' ')
