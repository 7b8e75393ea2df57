import { normPlace } from '../../base/choices/norm-order.ts'
import { hasFeedForward, inPlaceOfAttention, selfAttentionKindOf } from '../../base/choices/self-attention-kind.ts'
import { counted, sizeText, whole } from '../../base/values/number-text.ts'
import type { BackendInfo } from '../../engine/backend/interface/backend.ts'
import type { Shortlist } from '../../engine/decode/step/index.ts'
import type { AttentionSettings } from '../../engine/model/config/attention-settings.ts'
import { isDecoderOnly, type ModelConfig, type SoundConfig } from '../../engine/model/config/config.ts'
import type { FeedForwardSettings } from '../../engine/model/config/feed-forward-settings.ts'
import { type ImageSettings, isImage } from '../../engine/model/config/image-settings.ts'
import { kindOf } from '../../engine/model/config/kinds.ts'
import type { LatentsSettings } from '../../engine/model/config/latents-settings.ts'
import { stackKindsOf } from '../../engine/model/config/own-side-settings.ts'
import type { PictureConfig } from '../../engine/model/config/picture-settings.ts'
import { backendNames, toBuildNative } from '../../engine/program/chosen-backend.ts'
import { parameters } from '../../engine/weights/parameters.ts'
import type { UnsupportedSetting } from '../../files/folders/generation/unsupported-setting.ts'
import type { LoadedModel } from '../../files/folders/layout/loaded-model.ts'
import { modelFolder } from '../../files/folders/layout/model-folder.ts'
import { loadFolder } from '../../files/folders/load.ts'
import { takesTexts } from '../../files/folders/tokenizers/tokenizer-files.ts'
import { backendInfo } from '../../use/translate/backend-info.ts'
import { resolveLoadOptions } from '../../use/translate/calls/index.ts'
import { modelInfo } from '../../use/translate/options/model-info.ts'
import type { Threads } from '../../workers/index.ts'
import type { InfoCommandOptions } from './options.ts'

/** `glassformer info`: describes the model that would translate, and the backend that would run it. */
export function showInfo({ model: named, json, ...load }: InfoCommandOptions): void {
  const asked = resolveLoadOptions(load)
  const model = loadFolder(modelFolder(named), asked)
  const info = { ...backendInfo(asked), precision: model.weights.numberFormat }
  const count = parameters(model.config).reduce((sum, { rows, width }) => sum + rows * width, 0)
  if (json) return console.log(JSON.stringify(objectOf(model, count, info, asked)))
  const why = whyOf(info, load.backend)
  console.log(
    [
      'model',
      ...aligned(modelRows(model, count)),
      'backend',
      ...aligned(backendRows(info, asked)),
      ...section('tried', triedOf(info)),
      ...section('why not native', why),
    ].join('\n'),
  )
}

function objectOf(
  model: LoadedModel,
  count: number,
  info: BackendInfo,
  { threads, workers }: { threads: Threads; workers: number },
) {
  const { defaults: generation, precision, ...fields } = modelInfo(model)
  return {
    model: { ...fields, generation, parameters: count },
    backend: { ...info, workers, threadsDivided: threads === 'auto' },
  }
}

function modelRows(
  {
    path,
    name,
    config,
    generation,
    unsupported,
    storedForm,
    storedAs,
    bytes,
    splitTokens,
    trainedOn,
    tokenizer,
    shortlist,
  }: LoadedModel,
  count: number,
): [string, string][] {
  const { dModel, norm, maxLength, activation } = config
  const hasTexts = takesTexts(tokenizer)
  const splitText = trainedOn === 'sentences' ? 'texts' : `texts of more than ${whole(splitTokens)}`
  const isAlone = isDecoderOnly(config)
  const unit = config.sound ? 'window' : isAlone || config.picture ? 'text' : 'sentence'
  const limits = `${counted(maxLength, 'token')} a ${unit}`
  return [
    ['name', name],
    ['folder', path],
    ...(isAlone ? [] : ([['encoder', stack(config, 'encoder')]] as [string, string][])),
    ['decoder', stack(config, 'decoder') + (isAlone ? ', without an encoder' : '')],
    [
      'width',
      `${whole(dModel)}, ${activation}, ${norm.kind} ${normPlace(norm.order)} each sub-layer (${norm.order.includes('/') ? `operations ${norm.order}` : `${norm.order}-norm`})`,
    ],
    ...(config.rowWidth === undefined
      ? []
      : ([['sources', `texts, or rows of ${counted(config.rowWidth, 'real number')}`]] as [string, string][])),
    ...(config.picture ? ([['sources', pictureText(config.picture)]] as [string, string][]) : []),
    ...(config.latents ? ([['latents', latentsText(config.latents)]] as [string, string][]) : []),
    ...(config.sound ? ([['sound', soundText(config.sound)]] as [string, string][]) : []),
    ['positions', kindOf(config.positions).says(config.positions)],
    ['vocabulary', vocabulary(config)],
    ...(hasTexts ? [] : ([['tokenizer', noTexts(tokenizer)]] as [string, string][])),
    ['parameters', whole(count)],
    ...(storedForm === undefined ? [] : ([['file', storedForm]] as [string, string][])),
    ['stored as', `${storedAs}, ${sizeText(bytes)}`],
    ...(shortlist ? ([['shortlist', shortlistText(shortlist)]] as [string, string][]) : []),
    ['limits', hasTexts && unit === 'sentence' ? `${limits}; ${splitText} are split into sentences` : limits],
    [
      'defaults',
      Object.entries(generation)
        .filter(([, value]) => !isNothing(value))
        .map(([key, value]) => `${key} ${JSON.stringify(value)}`)
        .join(', '),
    ],
    ...(unsupported.length ? ([['unsupported', unsupportedText(unsupported)]] as [string, string][]) : []),
  ]
}

const pictureText = ({ size, patch, channels }: PictureConfig) =>
  `pictures${size ? ` of ${size.map(whole).join(' × ')} pixels` : ' of any size'}, in patches of ${patch} × ${patch}${channels === 1 ? ', gray' : ''}`

function soundText({ front, mels, positions, multilingual }: SoundConfig): string {
  if (front === 'samples') return 'samples at 16 kHz, in windows of up to 30 s; one language'
  if (front === 'gated') return `filter banks of ${counted(mels, 'bin')}`
  const languages = multilingual ? 'many languages' : 'English'
  return `log-mel spectrograms of ${counted(mels, 'bin')}, in windows of ${positions / 50} s; ${languages}`
}

const latentsText = ({ every, kind, bits }: LatentsSettings) =>
  `an autoencoder: a code of ${2 ** bits} for ${counted(every, 'target token')} (${kind})`

const noTexts = ({ kind }: LoadedModel['tokenizer']) =>
  kind === 'vocabulary' ? 'none: it takes lists of tokens (--tokens), not texts' : 'none: it takes ids, not texts'

const unsupportedText = (settings: readonly UnsupportedSetting[]) =>
  `${settings.map(({ name, value, file }) => `${name} ${JSON.stringify(value)} in ${file}`).join(', ')}; refused where it would count`

const shortlistText = ({ frequent, targets, offsets }: Shortlist) =>
  `${counted(frequent.length, 'token')} always, ${(targets.length / (offsets.length - 1)).toFixed(1)} of each source token`

const nearText = ({ local, global, compressed }: AttentionSettings) => {
  if (isImage(local)) return `, attention in an image of ${imageText(local)}`
  if (global?.kind === 'ends')
    return `, attention to blocks of ${global.size} beside a token's own, and to the first and the last block`
  if (global?.kind === 'learned')
    return `, attention in blocks of ${whole(Number(local))}, and to ${counted(global.tokens, 'learned token')}`
  const also = { first: ' and to the first', blocks: ' and to sums of blocks' } as const
  const reach = [local].flat().map((tokens) => whole(tokens))
  const memory = compressed
    ? `, in ${compressed.layers ? `layers ${compressed.layers.join(', ')}` : 'every second layer'} to memory of a row for each ${compressed.factor} tokens`
    : ''
  return `, attention to tokens fewer than ${reach.join(' or ')} away${global ? also[global.kind] : ''}${memory}`
}

const imageText = (sizes: ImageSettings) => {
  const [image, block, flange] = [sizes.image, sizes.block, sizes.flange].map((size) => size.join(' × '))
  return `${image}, in blocks of ${block} with flanges of ${flange}`
}

const expertsText = ({ experts, k, layers }: FeedForwardSettings) =>
  ` in each of ${counted(experts, 'expert')}, ${k} for a token${layers ? `, in layers ${layers.join(', ')}` : ''}`

function stack(config: ModelConfig, side: 'encoder' | 'decoder'): string {
  const { layers, heads, dHead, dFeedForward, feedForward, attention } = config[side]
  const kinds = stackKindsOf(config)
  const words = inPlaceOfAttention[selfAttentionKindOf(kinds, side)]
  return [
    `${counted(layers, 'layer')} of ${counted(heads, 'head')} × ${dHead}`,
    hasFeedForward(kinds, side) &&
      `, feed-forward ${whole(dFeedForward)}${feedForward ? expertsText(feedForward) : ''}`,
    attention && nearText(attention),
    words && `, ${words}`,
  ]
    .filter(Boolean)
    .join('')
}

function vocabulary(config: ModelConfig): string {
  const { sourceVocabulary, targetVocabulary, sharedEmbedding, tiedOutput } = config
  const tied = tiedOutput ? ', output tied to the embedding' : ''
  if (isDecoderOnly(config)) return `${whole(targetVocabulary)}${tied}`
  if (sharedEmbedding) return `${whole(targetVocabulary)}, one embedding for source and target${tied}`
  return `${whole(sourceVocabulary)} source, ${whole(targetVocabulary)} target${tied}`
}

const isNothing = (value: unknown) => value === null || value === false || (Array.isArray(value) && value.length === 0)

function backendRows(
  { backend, binary, blas, isa, isas, threads, precision }: BackendInfo,
  asked: { threads: Threads; workers: number },
): [string, string][] {
  return [
    ['backend', backend],
    ...(binary ? ([['binary', binary]] as [string, string][]) : []),
    ['BLAS', blas === 'none' ? 'none: matrix products by our own kernels' : blas],
    ['instructions', isas.length > 1 ? `${isa} (this machine and binary have ${isas.join(', ')})` : isa],
    ['threads', threadsText(threads, asked)],
    ['precision', precision],
  ]
}

function threadsText(most: number, { threads, workers }: { threads: Threads; workers: number }): string {
  const several = `up to ${counted(workers, 'worker')}`
  if (threads !== 'auto' || workers === 1 || most === 1) return `${most} each for ${several}`
  return `${most} for a worker that is busy alone, divided among ${several}`
}

const section = (name: string, lines: readonly string[]) =>
  lines.length ? [name, ...lines.map((line) => `  ${line}`)] : []

/** The backends that were tried before the addon in use, where there were any. */
const triedOf = ({ passedOver, binary }: BackendInfo) =>
  passedOver.length ? [...passedOver, `${binary} is in use`] : []

/** The reason why native is not in use, and the remedy. */
function whyOf({ backend, reasons }: BackendInfo, asked: string | undefined): string[] {
  if (backend === 'native') return []
  if (!reasons.length) {
    const by = asked === backend ? `--backend ${backend}` : `GLASSFORMER_BACKEND=${backend}`
    return [`${backendNames[backend]} was asked for by ${by}`]
  }
  return [...reasons, toBuildNative]
}

function aligned(rows: [string, string][]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)
}
