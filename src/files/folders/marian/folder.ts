import { normNames } from '../../../base/choices/norm-order.ts'
import { didYouMean } from '../../../base/did-you-mean.ts'
import { GlassformerError } from '../../../base/errors.ts'
import { optionsFrom } from '../../../base/schema/place.ts'
import { type GenerationOptions, generationDefaults, resolveOptions } from '../../../engine/decode/settings/options.ts'
import type { Shortlist } from '../../../engine/decode/step/index.ts'
import { checkConfig, type ModelConfig, type SpecialIds } from '../../../engine/model/config/config.ts'
import { decoderSelfAttention } from '../../../engine/model/config/own-side-settings.ts'
import type { Parameter } from '../../../engine/weights/parameters.ts'
import type { Folder } from '../../../formats/disk/folder.ts'
import { JsonFields } from '../../../formats/json/json-fields.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { parseFlatYaml } from '../../../formats/marian/flat-yaml.ts'
import { OPTIONS_ITEM } from '../../../formats/marian/marian-item.ts'
import { readMarianShortlist, shortlistFile } from '../../../formats/marian/marian-shortlist.ts'
import { toHuggingFace } from '../generation/generation-json.ts'
import type { UnsupportedSetting } from '../generation/unsupported-setting.ts'
import type { FolderContents } from '../layout/loaded-model.ts'
import { checkShortlistIds, sharedColumn } from '../layout/shortlist-file.ts'
import type { StoredNames } from '../tensors/fill-weights.ts'
import { findMarianFiles, type MarianFiles, readMarianSettings } from './files.ts'
import { marianConfig } from './options.ts'
import { MarianTensors } from './tensors.ts'
import { readMarianVocabularies } from './vocabularies.ts'

/** Marian's suffix for each weight and bias of a sub-layer, by our name. */
type Names = Readonly<Record<string, readonly [weight: string, bias: string]>>

const attention: Names = { query: ['Wq', 'bq'], key: ['Wk', 'bk'], value: ['Wv', 'bv'], output: ['Wo', 'bo'] }

/** The linears of a feed-forward network, from W1 on. */
const feedForward = (depth: number): Names => ({
  inner: ['W1', 'b1'],
  ...Object.fromEntries(Array.from({ length: depth }, (_, i) => [`inner${i}`, [`W${i}`, `b${i}`] as const])),
  outer: [`W${depth}`, `b${depth}`],
})

/** Marian's names of a sub-layer and of its linears. */
function sublayerOf(name: string, config: ModelConfig): { part: string; linears: Names } {
  if (name === 'selfAttention') return { part: 'self', linears: attention }
  if (name === 'crossAttention') return { part: 'context', linears: attention }
  if (name === 'feedForward') return { part: 'ffn', linears: feedForward(config.decoder.feedForwardDepth ?? 2) }
  const own = decoderSelfAttention(config)
  switch (own.kind) {
    case 'ssru':
      return { part: 'rnn', linears: { candidate: ['W', ''], forget: ['Wf', 'bf'], output: ['Wo', 'bo'] } }
    case 'average': {
      const gates = { inputGate: ['Wi', 'bi'], forgetGate: ['Wf', 'bf'] } as const
      return { part: 'aan', linears: { ...feedForward(own.depth), ...gates } }
    }
    // Marian's decoders have no further kind.
    default:
      return { part: 'self', linears: attention }
  }
}

/** The tensor of a Marian file for each of the model's weights. */
const marianNames =
  (config: ModelConfig) =>
  (_: readonly Parameter[], stored: ReadonlySet<string>): StoredNames => {
    const nameOf = (name: string) => marianName(name, config, stored)
    return { of: ({ name }) => nameOf(name), extras: new Map(), copies: new Map() }
  }

function marianName(name: string, config: ModelConfig, stored: ReadonlySet<string>): string {
  const path = name.split('.')
  const isBias = path.at(-1) === 'bias'
  const normed = (prefix: string, before: boolean) => `${prefix}_ln_${isBias ? 'bias' : 'scale'}${before ? '_pre' : ''}`
  const [stack, layer, sublayer, linear] = path
  if (name === 'embedding.weight') return 'Wemb'
  if (stack === 'output') {
    const [transposed, plain] = ['decoder_ff_logit_out_Wt', 'decoder_ff_logit_out_W']
    return isBias ? 'decoder_ff_logit_out_b' : stored.has(plain) ? plain : transposed
  }
  if (layer === 'embedding') return `${stack}_Wemb`
  if (layer === 'embeddingNorm') return normed(`${stack}_emb`, true)
  if (layer === 'norm') return normed(`${stack}_top`, false)
  const prefix = `${stack}_l${Number(layer) + 1}`
  if (!sublayer.endsWith('Norm')) {
    const { part, linears } = sublayerOf(sublayer, config)
    return `${prefix}_${part}_${linears[linear][isBias ? 1 : 0]}`
  }
  const of = sublayer.replace(/(Input)?Norm$/, '')
  const { part } = sublayerOf(of, config)
  const { before } = normNames(of, config.norm.order)
  const isBefore = sublayer === before
  // The norm on the input of a recurrent network is named after the layer alone.
  if (part === 'rnn' && isBefore) return normed(`${prefix}_rnn`, true)
  return normed(`${prefix}_${part}_${part === 'self' || part === 'context' ? 'Wo' : 'ffn'}`, isBefore)
}

const SKIP_COST = 'skip-cost'

/**
 * The search described by the settings of a Marian model (`config.*.yml`, `*.decoder.yml`). Missing settings have
 * Marian's defaults, except that a model without any settings is searched greedily, as in browsers. `skip-cost` has no
 * effect with one beam, whose scores are returned anyway; with several beams it is not supported.
 * @throws GlassformerError ERR_MODEL_FORMAT
 */
function marianSearch(
  settings: ReadonlyMap<string, unknown> | null,
  { where, file, ids, shortlist }: { where: string; file: string; ids: SpecialIds; shortlist: boolean },
): { generation: GenerationOptions; unsupported: UnsupportedSetting[] } {
  const fields = new JsonFields(Object.fromEntries(settings ?? []) as JsonObject, where)
  const [beams, alpha] = settings === null ? [1, 1] : [12, 0]
  const suppress = ids.unknown !== null && !fields.flag('allow-unk', false) ? [ids.unknown] : []
  const generation = resolveOptions(
    {
      beams: fields.positiveInteger('beam-size', beams),
      lengthPenalty: normalize(fields, alpha),
      wordPenalty: fields.number('word-penalty', 0),
      maxLengthFactor: fields.number('max-length-factor', 3),
      earlyStopping: true,
      suppress,
      shortlist,
      loops: 'keep',
    },
    generationDefaults,
    optionsFrom(where),
  )
  const skipsCost = fields.flag(SKIP_COST, false)
  return { generation, unsupported: skipsCost ? [{ name: SKIP_COST, value: true, file }] : [] }
}

/** α of the length penalty; older files only say whether there is one. */
function normalize(fields: JsonFields, byDefault: number): number {
  const value = fields.value('normalize')
  return typeof value === 'boolean' ? Number(value) : fields.number('normalize', byDefault)
}

/**
 * Reads a folder with a model in one of Marian's own formats, as browsers and `marian-decoder` load it: the model
 * (`.npz`, `.bin`), which contains its options, vocabularies, search settings and a shortlist.
 * @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED
 */
export function readMarianFolder(folder: Folder): FolderContents {
  const files = findMarianFiles(folder)
  const options = optionsOf(folder, files.model)
  const { tokenizer, ids, sizes } = readMarianVocabularies(folder, files.vocabularies)
  const config = marianConfig(options, ids, `${folder.at(files.model)}: ${OPTIONS_ITEM}`)
  checkConfig(config, folder.at(files.model))
  checkSizes(config, sizes, { ...files, folder })
  const settings = files.settings === null ? null : readMarianSettings(folder, files.settings)
  const { generation, unsupported } = marianSearch(settings, {
    where: files.settings === null ? folder.path : folder.at(files.settings),
    file: files.settings ?? '',
    ids,
    shortlist: files.shortlist !== null,
  })
  return {
    config,
    generation,
    settings: toHuggingFace(config, generation),
    unsupported,
    tokenizer,
    sourceLocale: languageIn(files.model),
    splitTokens: SPLIT_TOKENS,
    trainedOn: 'sentences',
    augmented: false,
    hasConfigJson: false,
    names: marianNames(config),
    openTensors: () => new MarianTensors(folder.open(files.model)),
    readShortlist: () => (files.shortlist === null ? null : shortlistOf(folder, files.shortlist, config)),
  }
}

/** Bergamot splits sentences of more tokens. */
const SPLIT_TOKENS = 128

/** The options inside the model file. */
function optionsOf(folder: Folder, model: string): ReadonlyMap<string, unknown> {
  const path = folder.at(model)
  const tensors = new MarianTensors(folder.open(model))
  try {
    const text = tensors.options()
    if (text !== null) return parseFlatYaml(text, `${path}: ${OPTIONS_ITEM}`)
    const near = didYouMean(OPTIONS_ITEM, [...tensors.tensors.keys()])
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${path} has no ${OPTIONS_ITEM}, the options with which Marian has trained it${near}: this is no model of Marian, or one from before 2018`,
    )
  } finally {
    tensors.close()
  }
}

/** Refuses a vocabulary with another number of ids: it is truncated, or belongs to another model. */
function checkSizes(
  config: ModelConfig,
  sizes: readonly [number, number],
  { folder, vocabularies, model }: MarianFiles & { folder: Folder },
): void {
  for (const [i, ids] of [config.sourceVocabulary, config.targetVocabulary].entries())
    if (sizes[i] !== ids)
      throw new GlassformerError(
        'ERR_TOKENIZER_FORMAT',
        `${folder.at(vocabularies[i])} has ${sizes[i]} pieces, and ${model} ${ids} ids (dim-vocabs): it is damaged, or the vocabulary of another model`,
      )
}

/** The source language in the names of Firefox's files (`model.enpt.intgemm.alphas.bin`). */
const languageIn = (name: string): string | undefined => /\.([a-z]{2})[a-z]{2}\./.exec(name)?.[1]

/** Marian pads lists, because intgemm computes eight outputs at a time. */
const MULTIPLE = 8

function shortlistOf(folder: Folder, name: string, config: ModelConfig): Shortlist {
  const path = folder.at(name)
  const { first, offsets, targets } = readMarianShortlist(folder.bytes(name, shortlistFile), path)
  const frequent = Int32Array.from({ length: Math.min(first, config.targetVocabulary) }, (_, id) => id)
  const shortlist = {
    frequent: sharedColumn(frequent),
    offsets: sharedColumn(offsets),
    targets: sharedColumn(targets),
    multipleOf: MULTIPLE,
  }
  checkShortlistIds(shortlist, config, path)
  return shortlist
}
