import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../folders/glassformer.ts'
import { marianTokenizerFiles } from '../folders/marian.ts'
import type { TokenizerContents } from '../folders/tokenizer-files.ts'
import { replaceFile, replaceText } from '../formats/replace-file.ts'
import { createMarianTokenizer } from '../text/marian-tokenizer.ts'
import type { ModelConfig } from '../weights/config.ts'
import { Weights } from '../weights/weights.ts'
import type { ModelSettings, VocabularySettings } from './config.ts'
import type { Pair } from './data/corpus.ts'
import type { FirstModel } from './first-model.ts'
import { initialise } from './initialise.ts'
import { translationOptions } from './validation.ts'
import { MarianVocabularyTrainer } from './vocabulary/marian-vocabulary.ts'

type MarianFiles = TokenizerContents & { kind: 'marian' }

/** What a new model is made of. */
export interface NewModel {
  vocabulary: VocabularySettings
  model: ModelSettings
  seed: number
}

/**
 * A model with random weights, and the vocabulary that `pairs` teach. It is kept in `kept`: a run that goes on takes it from there,
 * and `training` is told only where it has to be trained.
 */
export async function newModel(
  settings: NewModel,
  pairs: AsyncIterable<Pair>,
  kept: string,
  training: () => void,
): Promise<FirstModel> {
  const files = await vocabulary(settings, pairs, kept, training)
  const weights = new Weights(modelConfig(settings, files))
  initialise(weights, settings.seed)
  const generation = translationOptions(weights.config, 4)
  return {
    weights,
    tokenizer: createMarianTokenizer({ ...files, where: kept }),
    beside: { tokenizer: files, generation },
  }
}

async function vocabulary(
  { vocabulary: options, model }: NewModel,
  pairs: AsyncIterable<Pair>,
  folder: string,
  training: () => void,
): Promise<MarianFiles> {
  if (existsSync(join(folder, 'tokenizer_config.json'))) return marianTokenizerFiles(folder) as MarianFiles
  training()
  const trainer = new MarianVocabularyTrainer({ ...options, longestText: model.maxLength })
  for await (const pair of pairs) trainer.add(pair)
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
function modelConfig(
  { model, vocabulary }: NewModel,
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
