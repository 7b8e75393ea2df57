import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../folders/glassformer.ts'
import { lastTokenizerFile, readTokenizerFiles, writeTokenizerFiles } from '../folders/stored-tokenizer.ts'
import { createTokenizer, filesFor } from '../folders/tokenizer-files.ts'
import type { ModelConfig } from '../weights/config.ts'
import { Weights } from '../weights/weights.ts'
import type { ModelSettings, VocabularySettings } from './config.ts'
import type { Pair } from './data/corpus.ts'
import type { FirstModel } from './first-model.ts'
import { initialise } from './initialise.ts'
import { translationOptions } from './validation.ts'
import { type TrainedVocabulary, vocabularyEntry, vocabularySizes, vocabularyTrainer } from './vocabulary/vocabulary.ts'

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
  const config = modelConfig(settings.model, vocabularyConfig(settings.vocabulary, files))
  const weights = new Weights(config)
  initialise(weights, settings.seed)
  return {
    weights,
    tokenizer: createTokenizer(filesFor(files, kept, config))!,
    beside: {
      tokenizer: files,
      generation: translationOptions(config, 4),
      sourceLocale: settings.vocabulary.sourceLanguage,
    },
  }
}

/** A model with random weights, and the vocabulary of the teacher that it is to learn from. */
export function newStudent({ model, seed }: Pick<NewModel, 'model' | 'seed'>, teacher: FirstModel): FirstModel {
  const config = modelConfig(model, teacher.weights.config)
  const weights = new Weights(config)
  initialise(weights, seed)
  const { tokenizer, beside } = teacher
  return { weights, tokenizer, beside: { ...beside, generation: translationOptions(config, 4) } }
}

async function vocabulary(
  { vocabulary: settings, model }: NewModel,
  pairs: AsyncIterable<Pair>,
  folder: string,
  training: () => void,
): Promise<TrainedVocabulary> {
  const entry = vocabularyEntry(settings)
  if (existsSync(join(folder, lastTokenizerFile[entry.kind])))
    return readTokenizerFiles(folder, entry) as TrainedVocabulary
  training()
  const trainer = vocabularyTrainer(settings, model.maxLength)
  for await (const pair of pairs) trainer.add(pair)
  const files = trainer.train()
  makeFolder(folder)
  writeTokenizerFiles(folder, files)
  return files
}

/** What a vocabulary says of a model. */
type VocabularyConfig = Pick<ModelConfig, 'sourceVocabulary' | 'targetVocabulary' | 'sharedEmbedding' | 'ids'>

function vocabularyConfig({ sharing }: VocabularySettings, files: TrainedVocabulary): VocabularyConfig {
  const { source, target } = vocabularySizes(files)
  return {
    sourceVocabulary: source,
    targetVocabulary: target,
    sharedEmbedding: sharing === 'joint',
    ids: { end: 0, unknown: 1, start: target - 1, padding: target - 1 },
  }
}

/** The model that a training makes: Marian's conventions, so that others can load it, unless `norm` is 'pre' or its ids are words. */
function modelConfig(
  model: ModelSettings,
  { sourceVocabulary, targetVocabulary, sharedEmbedding, ids }: VocabularyConfig,
): ModelConfig {
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
    sharedEmbedding,
    tiedOutput: true,
    outputBias: true,
    linearBias: true,
    outputScale: 1,
    ids,
    maxLength: model.maxLength,
  }
}
