import { join } from 'node:path'
import { hasFeedForward, hasSelfAttention, type SelfAttentionKind } from '../../base/choices/self-attention-kind.ts'
import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import type { AttentionSettings } from '../../engine/model/config/attention-settings.ts'
import type { ModelConfig } from '../../engine/model/config/config.ts'
import { isImage } from '../../engine/model/config/image-settings.ts'
import { positionsOfNewModel } from '../../engine/model/config/kinds.ts'
import { type DecoderSelfAttention, stackKindsOf } from '../../engine/model/config/own-side-settings.ts'
import { Weights } from '../../engine/weights/weights.ts'
import { createTokenizer } from '../../files/folders/tokenizers/make-tokenizer.ts'
import { readTokenizerFiles } from '../../files/folders/tokenizers/stored-tokenizer.ts'
import { filesFor, type TokenizerContents } from '../../files/folders/tokenizers/tokenizer-files.ts'
import { lastTokenizerFile, writeTokenizerFiles } from '../../files/folders/tokenizers/tokenizer-writer.ts'
import { DiskFolder } from '../../formats/disk/disk-folder.ts'
import { makeFolder } from '../../formats/disk/make-folder.ts'
import { hasFile } from '../../formats/disk/read-file.ts'
import type { TextModel } from './models/kept-model.ts'
import type { Pair } from './pairs/corpus.ts'
import { initialize } from './settings/initialize.ts'
import type { ModelSettings, Tying, VocabularySettings } from './settings/new-model-settings.ts'
import { checkFiles, hasChecksums, sealFolder } from './state/checksums.ts'
import { textSearch, translationOptions } from './step/validation.ts'
import { type TrainedVocabulary, vocabularyEntry, vocabularySizes, vocabularyTrainer } from './vocabulary/vocabulary.ts'

/** The settings and the texts from which a new model is made. */
export interface NewModel {
  vocabulary: VocabularySettings
  model: ModelSettings
  seed: number
  /** Whether the model is a decoder alone. */
  isAlone?: boolean
}

/**
 * A model with random weights, and a vocabulary trained on `pairs`. The vocabulary is stored in `kept`, from which a
 * resumed run takes it. `training` is called only if the vocabulary has to be trained.
 */
export async function newModel(
  settings: NewModel,
  pairs: AsyncIterable<Pair>,
  kept: string,
  training: () => void,
): Promise<TextModel> {
  const files = await vocabulary(settings, pairs, kept, training)
  const whole = modelConfig(settings.model, vocabularyConfig(files, kept))
  const config = settings.isAlone ? aloneOf(whole) : whole
  const weights = new Weights(config)
  initialize(weights, settings.seed, settings.model.initialization)
  return {
    weights,
    tokenizer: present(createTokenizer(filesFor(files, kept, config))),
    beside: {
      tokenizer: files,
      generation: settings.isAlone ? textSearch(config) : translationOptions(config, 4),
      sourceLocale: settings.vocabulary.sourceLanguage,
    },
  }
}

/**
 * A model with random weights, and the vocabulary of its teacher.
 * @throws GlassformerError ERR_OPTION if the model's embeddings are tied, and the teacher has two vocabularies
 */
export function newStudent({ model, seed }: Pick<NewModel, 'model' | 'seed'>, teacher: TextModel): TextModel {
  const { tokenizer, beside } = teacher
  const joint = isJoint(beside.tokenizer)
  if (model.tying === 'embeddings' && !joint)
    throw new GlassformerError(
      'ERR_OPTION',
      "model.tying must be one of all, output, none, not embeddings: the teacher's source and target have vocabularies of their own",
    )
  const config = modelConfig(model, { ...teacher.weights.config, joint })
  const weights = new Weights(config)
  initialize(weights, seed, model.initialization)
  return { weights, tokenizer, beside: { ...beside, generation: translationOptions(config, 4), unsupported: [] } }
}

async function vocabulary(
  { vocabulary: settings, model }: NewModel,
  pairs: AsyncIterable<Pair>,
  folder: string,
  training: () => void,
): Promise<TrainedVocabulary> {
  const entry = vocabularyEntry(settings)
  if (hasFile(join(folder, lastTokenizerFile[entry.kind]))) {
    checkFiles(folder, 'restore it from a copy, or train into another folder', 'ERR_TOKENIZER_FORMAT')
    const files = readTokenizerFiles(new DiskFolder(folder), entry) as TrainedVocabulary
    if (!hasChecksums(folder)) sealFolder(folder)
    return files
  }
  training()
  const trainer = vocabularyTrainer(settings, model.maxLength)
  for await (const pair of pairs) trainer.add(pair.ofRows ? { ...pair, source: '' } : pair)
  const files = trainer.train()
  makeFolder(folder)
  writeTokenizerFiles(folder, files)
  sealFolder(folder)
  return files
}

/** The part of a model's configuration that its vocabulary determines. */
type VocabularyConfig = Pick<ModelConfig, 'sourceVocabulary' | 'targetVocabulary' | 'ids'> & { joint: boolean }

function vocabularyConfig(files: TrainedVocabulary, kept: string): VocabularyConfig {
  const { source, target } = vocabularySizes(files, kept)
  return {
    sourceVocabulary: source,
    targetVocabulary: target,
    joint: isJoint(files),
    ids: { end: 0, unknown: 1, start: target - 1, padding: target - 1 },
  }
}

/** Whether an id means the same in sources and in targets. */
const isJoint = (files: TokenizerContents): boolean =>
  files.kind === 'huggingface' ||
  (files.kind === 'marian' ? files.targetVocabulary : files.kind === 'none' ? null : files.target) === undefined

/**
 * The configuration of a new model. Defaults follow Marian's conventions, so that other libraries that support them can
 * load the model.
 */
function modelConfig(
  model: ModelSettings,
  { sourceVocabulary, targetVocabulary, joint, ids }: VocabularyConfig,
): ModelConfig {
  const stack = (layers: number) => ({
    layers,
    heads: model.heads,
    dHead: model.dModel / model.heads,
    dFeedForward: model.dFeedForward,
  })
  const decoderSelfAttention = lookingBack[model.decoderSelfAttention](model)
  const encoderSelfAttention =
    model.encoderSelfAttention === 'attention' ? undefined : { kind: model.encoderSelfAttention }
  const kinds = stackKindsOf({ encoderSelfAttention, decoderSelfAttention })
  const layers = (side: 'encoder' | 'decoder') => ({
    ...(hasSelfAttention(kinds, side) && attentionOf(model, side)),
    ...(model.feedForward && hasFeedForward(kinds, side) && { feedForward: model.feedForward }),
  })
  return {
    dModel: model.dModel,
    encoder: { ...stack(model.encoderLayers), ...layers('encoder') },
    decoder: { ...stack(model.decoderLayers), ...layers('decoder') },
    activation: model.activation,
    ...(encoderSelfAttention && { encoderSelfAttention }),
    ...(model.latents && { latents: model.latents }),
    ...(model.rowWidth !== undefined && { rowWidth: model.rowWidth }),
    ...(decoderSelfAttention && { decoderSelfAttention }),
    norm: { kind: 'layerNorm', order: model.norm, epsilon: 1e-5 },
    positions: positionsOfNewModel(model.positions, model),
    embeddingScale: Math.sqrt(model.dModel),
    sourceVocabulary,
    targetVocabulary,
    ...tied(model.tying, joint),
    outputBias: true,
    linearBias: true,
    outputScale: 1,
    ids,
    maxLength: model.maxLength,
  }
}

/**
 * Local attention of a stack. An encoder has no compressed memory, and sees all tokens where those of the decoder are an image; a decoder
 * has no global tokens.
 */
function attentionOf({ attention }: ModelSettings, side: 'encoder' | 'decoder'): { attention?: AttentionSettings } {
  if (!attention) return {}
  const { compressed, global, ...near } = attention
  if (side === 'decoder') return { attention: { ...near, ...(compressed && { compressed }) } }
  return isImage(near.local) ? {} : { attention: { ...near, ...(global && { global }) } }
}

/** The decoder of a model without its encoder. Each of its texts begins with the id that starts a decoder. */
const aloneOf = ({ ids, ...config }: ModelConfig): ModelConfig => ({
  ...config,
  kind: 'decoderOnly',
  encoder: { ...config.encoder, layers: 0 },
  sharedEmbedding: true,
  ids: { ...ids, sourceStart: present(ids.start), sourceEnd: 'none' },
})

/** The kind of looking back in the decoder of a new model; left out for masked self-attention. */
const lookingBack: { readonly [K in SelfAttentionKind]: (model: ModelSettings) => DecoderSelfAttention | undefined } = {
  attention: () => undefined,
  ssru: () => ({ kind: 'ssru' }),
  average: ({ dFeedForward, activation }) => ({
    kind: 'average',
    dFeedForward,
    depth: 2,
    activation,
    gatingLayer: true,
  }),
  convolution: () => ({ kind: 'convolution' }),
}

/** The tied matrices. `joint` means that source and target have one vocabulary. */
const tied = (tying: Tying, joint: boolean): Pick<ModelConfig, 'sharedEmbedding' | 'tiedOutput'> => ({
  sharedEmbedding: joint && (tying === 'all' || tying === 'embeddings'),
  tiedOutput: tying === 'all' || tying === 'output',
})
