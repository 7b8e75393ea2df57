import { normOrderOf } from '../../../base/choices/norm-order.ts'
import { didYouMean } from '../../../base/did-you-mean.ts'
import { GlassformerError, shownJson } from '../../../base/errors.ts'
import type { Activation, ModelConfig, SpecialIds } from '../../../engine/model/config/config.ts'
import type { DecoderSelfAttention } from '../../../engine/model/config/own-side-settings.ts'
import { JsonFields } from '../../../formats/json/json-fields.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'

/** The maximum sentence length in tokens; Marian's own decoder has this limit too, although positions are sinusoids. */
const LONGEST = 1000

/** Options of Marian that change the model's computation, and their supported values. */
const needed: Readonly<Record<string, readonly unknown[]>> = {
  type: ['transformer'],
  'transformer-pool': [false],
  'transformer-tied-layers': [[]],
  'transformer-train-positions': [false],
  'transformer-train-position-embeddings': [false],
  ulr: [false],
  'lemma-dim-emb': [0],
  'input-types': [[], ['sequence', 'sequence']],
  'factors-combine': ['sum'],
}

/** Marian's activations; its gelu is x · sigmoid(1.702x), unlike that of other libraries. */
const activations: Readonly<Record<string, Activation>> = { relu: 'relu', swish: 'swish' }

/** The epsilon of Marian's norms. */
const EPSILON = 1e-6

/**
 * The model that the options in a Marian file (`special:model.yml`) describe; defaults are those of Marian's command line.
 * @throws GlassformerError ERR_MODEL_FORMAT; ERR_UNSUPPORTED for options that this package cannot compute
 */
export function marianConfig(options: ReadonlyMap<string, unknown>, ids: SpecialIds, where: string): ModelConfig {
  const fields = new JsonFields(Object.fromEntries(options) as JsonObject, where)
  for (const [name, values] of Object.entries(needed)) checkSupported(fields, name, values)
  const dModel = fields.positiveInteger('dim-emb', 512)
  const heads = fields.positiveInteger('transformer-heads', 8)
  if (dModel % heads) fields.fail('transformer-heads', `a divisor of dim-emb (${dModel})`)
  const stack = (depth: string) => ({
    layers: fields.positiveInteger(depth, 6),
    heads,
    dHead: dModel / heads,
    dFeedForward: fields.positiveInteger('transformer-dim-ffn', 2048),
    feedForwardDepth: fields.positiveInteger('transformer-ffn-depth', 2),
  })
  const [sourceVocabulary, targetVocabulary] = vocabularies(fields)
  const all = fields.flag('tied-embeddings-all', false)
  return {
    dModel,
    encoder: stack('enc-depth'),
    decoder: stack('dec-depth'),
    activation: activation(fields, 'transformer-ffn-activation'),
    decoderSelfAttention: decoderSelfAttention(fields),
    attentionProjection: !fields.flag('transformer-no-projection', false),
    alignment: { layer: alignmentLayer(fields), head: 0 },
    norm: { ...norms(fields), kind: 'layerNorm', epsilon: EPSILON },
    positions: { kind: 'timingSignal' },
    embeddingScale: Math.sqrt(dModel),
    sourceVocabulary,
    targetVocabulary,
    sharedEmbedding: all || fields.flag('tied-embeddings-src', false),
    tiedOutput: all || fields.flag('tied-embeddings', false),
    linearBias: true,
    outputBias: !fields.flag('output-omit-bias', false),
    outputScale: 1,
    ids,
    maxLength: LONGEST,
  }
}

function checkSupported(fields: JsonFields, name: string, values: readonly unknown[]): void {
  const value = fields.value(name)
  if (value === undefined || values.some((each) => JSON.stringify(each) === JSON.stringify(value))) return
  throw new GlassformerError(
    'ERR_UNSUPPORTED',
    `${fields.where}: ${name} ${shownJson(value)} is not supported; these are: ${values.map(shownJson).join(', ')}`,
  )
}

function vocabularies(fields: JsonFields): [number, number] {
  const sizes = fields.value('dim-vocabs')
  const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0
  if (!Array.isArray(sizes) || sizes.length !== 2 || !sizes.every(isSize))
    fields.fail('dim-vocabs', 'the sizes of the vocabularies of source and target')
  return sizes as [number, number]
}

function activation(fields: JsonFields, option: string): Activation {
  const name = fields.text(option, 'swish')
  if (Object.hasOwn(activations, name)) return activations[name]
  throw unsupported(fields, option, name, Object.keys(activations))
}

/**
 * The module by which decoder layers attend to earlier target positions. SSRU is the only recurrent cell supported, the
 * one with which Marian's Transformers are trained.
 */
function decoderSelfAttention(fields: JsonFields): DecoderSelfAttention {
  const option = 'transformer-decoder-autoreg'
  const kind = fields.text(option, 'self-attention')
  if (kind === 'self-attention') return { kind: 'attention' }
  if (kind === 'average-attention')
    return {
      kind: 'average',
      dFeedForward: fields.positiveInteger('transformer-dim-aan', 2048),
      depth: fields.positiveInteger('transformer-aan-depth', 2),
      activation: activation(fields, 'transformer-aan-activation'),
      gatingLayer: !fields.flag('transformer-aan-nogate', false),
    }
  if (kind !== 'rnn') throw unsupported(fields, option, kind, ['self-attention', 'average-attention', 'rnn'])
  const cell = fields.text('dec-cell', 'gru')
  if (cell !== 'ssru') throw unsupported(fields, 'dec-cell', cell, ['ssru'])
  checkSupported(fields, 'layer-normalization', [false])
  return { kind: 'ssru', projection: fields.flag('transformer-rnn-projection', false) }
}

/** The decoder layer, from 0, whose first head is trained as the alignment. */
function alignmentLayer(fields: JsonFields): number {
  const layers = fields.positiveInteger('dec-depth', 6)
  const layer = fields.value('transformer-guided-alignment-layer') ?? 'last'
  if (layer === 'last') return layers - 1
  if (!Number.isSafeInteger(layer) || (layer as number) < 1 || (layer as number) > layers)
    fields.fail('transformer-guided-alignment-layer', `'last', or a layer from 1 to ${layers}`)
  return (layer as number) - 1
}

const unsupported = (fields: JsonFields, option: string, value: string, known: readonly string[]) =>
  new GlassformerError(
    'ERR_UNSUPPORTED',
    `${fields.where}: ${option} ${shownJson(value)} is not supported; these are: ${known.join(', ')}${didYouMean(value, known)}`,
  )

/**
 * The positions of the norms. Marian describes the operations on the input of each sub-layer, on its output, and on top
 * of a stack by letters: d for dropout, a for the addition of the residual, n for a norm. Its highway, h, is not
 * supported.
 */
function norms(fields: JsonFields): Pick<ModelConfig['norm'], 'order' | 'embedding'> {
  const letters = (name: string, byDefault: string, known: RegExp) => {
    const written = fields.value(name) === undefined ? byDefault : fields.text(name)
    if (known.test(written) && new Set(written).size === written.length) return written
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${fields.where}: ${name} ${shownJson(written)} is not supported; it may have each of these letters once: ${known.source
        .replace(/[^a-z]/g, '')
        .split('')
        .join(', ')}`,
    )
  }
  const order = normOrderOf({
    before: letters('transformer-preprocess', '', /^[nd]*$/),
    after: letters('transformer-postprocess', 'dan', /^[nad]*$/),
    top: letters('transformer-postprocess-top', '', /^[nad]*$/),
  })
  const embedding = letters('transformer-postprocess-emb', 'd', /^[nd]*$/).includes('n')
  return { order, ...(embedding ? { embedding } : {}) }
}
