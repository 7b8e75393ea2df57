import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../folders/glassformer.ts'
import { marianTokenizerFiles } from '../folders/marian.ts'
import type { TokenizerContents } from '../folders/tokenizer-files.ts'
import { replaceFile, replaceText } from '../formats/replace-file.ts'
import { createMarianTokenizer } from '../text/marian-tokenizer.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import type { ModelConfig } from '../weights/config.ts'
import type { TrainConfig } from './config.ts'
import { type CleaningReport, type CleanPairs, cleaned } from './data/cleaning.ts'
import { type CorpusReport, openCorpus, type Pair } from './data/corpus.ts'
import { chooseHeldOut, withoutHeldOut } from './data/held-out.ts'
import { MarianVocabularyTrainer } from './vocabulary/marian-vocabulary.ts'

type MarianFiles = TokenizerContents & { kind: 'marian' }

/** The texts that a training is made of, and how they become ids. */
export interface Prepared {
  train: AsyncIterable<Pair>
  validation: readonly Pair[]
  tokenizer: Tokenizer
  files: MarianFiles
  model: ModelConfig
  /** What the first pass over the training corpus has found. */
  cleaning: () => CleaningReport
  corpus: () => CorpusReport
}

export interface PrepareListener {
  /** Told before what takes long with a large corpus. */
  preparing?(what: 'pairs' | 'vocabulary'): void
}

/**
 * Opens the corpora, holds pairs out for validation, and trains the vocabulary, which is kept in the run's folder: a run that goes
 * on takes it from there.
 */
export async function prepare(config: TrainConfig, folder: string, listener: PrepareListener = {}): Promise<Prepared> {
  const corpus = openCorpus(config.data.train)
  const all = cleaned(corpus)
  listener.preparing?.('pairs')
  const { train, validation } = await separate(all, config)
  const files = await vocabulary(train, config, join(folder, 'vocabulary'), listener)
  const tokenizer = createMarianTokenizer({ ...files, where: join(folder, 'vocabulary') })
  const model = modelConfig(config, files)
  return { train, validation, tokenizer, files, model, cleaning: () => all.report, corpus: () => corpus.report }
}

/** Of a small corpus, that is held out at most: the rest is needed for learning. */
const LARGEST_SHARE = 0.1

async function separate(
  all: CleanPairs,
  { data, training }: TrainConfig,
): Promise<{ train: AsyncIterable<Pair>; validation: Pair[] }> {
  if (data.validation) {
    const validation: Pair[] = []
    for await (const pair of cleaned(openCorpus(data.validation))) validation.push(pair)
    return { train: all, validation }
  }
  if (!data.heldOut) return { train: all, validation: [] }
  const choose = (validation: number) => chooseHeldOut(all, { validation, seed: training.seed })
  let heldOut = await choose(data.heldOut)
  const most = Math.floor(all.report.kept * LARGEST_SHARE)
  if (heldOut.validation.length > most) heldOut = await choose(most)
  return { train: withoutHeldOut(all, heldOut), validation: heldOut.validation }
}

async function vocabulary(
  train: AsyncIterable<Pair>,
  { vocabulary: options, model }: TrainConfig,
  folder: string,
  listener: PrepareListener,
): Promise<MarianFiles> {
  if (existsSync(join(folder, 'tokenizer_config.json'))) return marianTokenizerFiles(folder) as MarianFiles
  listener.preparing?.('vocabulary')
  const trainer = new MarianVocabularyTrainer({ ...options, longestText: model.maxLength })
  for await (const pair of train) trainer.add(pair)
  const { sourceSize: _, targetSize: __, ...files } = trainer.train()
  makeFolder(folder)
  const write = (name: string, content: Uint8Array | string) =>
    replaceFile(join(folder, name), (append) => append(typeof content === 'string' ? Buffer.from(content) : content))
  write('source.spm', files.source)
  write('target.spm', files.target)
  write('vocab.json', files.vocabulary)
  if (files.targetVocabulary !== undefined) write('target_vocab.json', files.targetVocabulary)
  replaceText(join(folder, 'tokenizer_config.json'), `${JSON.stringify(files.configuration, null, 2)}\n`)
  return { kind: 'marian', ...files }
}

/** The model that a training makes: Marian's conventions, so that others can load it, unless `norm` is 'pre'. */
export function modelConfig(
  { model, vocabulary }: TrainConfig,
  files: Pick<MarianFiles, 'vocabulary' | 'targetVocabulary'>,
): ModelConfig {
  const size = (json: string) => Object.keys(JSON.parse(json)).length
  const sourceVocabulary = size(files.vocabulary)
  const targetVocabulary = files.targetVocabulary === undefined ? sourceVocabulary : size(files.targetVocabulary)
  const stack = (layers: number) => ({
    layers,
    heads: model.heads,
    dHead: model.dModel / model.heads,
    dFeedForward: model.dFeedForward,
  })
  return {
    dModel: model.dModel,
    encoder: stack(model.encoderLayers),
    decoder: stack(model.decoderLayers),
    activation: model.activation,
    norm: { kind: 'layerNorm', order: model.order, epsilon: 1e-5 },
    positions: { kind: 'halves' },
    embeddingScale: Math.sqrt(model.dModel),
    sourceVocabulary,
    targetVocabulary,
    sharedEmbedding: vocabulary.sharing === 'joint',
    tiedOutput: true,
    outputBias: true,
    linearBias: true,
    outputScale: 1,
    ids: { end: 0, unknown: 1, start: targetVocabulary - 1, padding: targetVocabulary - 1 },
    maxLength: model.maxLength,
  }
}
