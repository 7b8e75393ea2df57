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
  const config = modelConfig(settings, vocabularySizes(files))
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

/** The model that a training makes: Marian's conventions, so that others can load it, unless `norm` is 'pre' or its ids are words. */
function modelConfig(
  { model, vocabulary }: NewModel,
  { source: sourceVocabulary, target: targetVocabulary }: { source: number; target: number },
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
    sharedEmbedding: vocabulary.sharing === 'joint',
    tiedOutput: true,
    outputBias: true,
    linearBias: true,
    outputScale: 1,
    ids: { end: 0, unknown: 1, start: targetVocabulary - 1, padding: targetVocabulary - 1 },
    maxLength: model.maxLength,
  }
}
