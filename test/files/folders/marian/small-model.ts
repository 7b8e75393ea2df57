import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Random } from '../../../engine/program/random-operands.ts'
import { type Item, marianBinary, npz, shortlist, spm } from './marian-files.ts'

/** A small model as Marian names its parts: 64 wide, 2 heads, 2 layers of encoder, 1 of decoder, 24 ids. */
export const [WIDTH, INNER, VOCABULARY] = [64, 128, 24]

const pieces = ['▁a', '▁b', '▁c', ...'abcdefghijklmnopqrs'].slice(0, VOCABULARY - 2)

export const optionsOf = (changes: Record<string, string | number | boolean> = {}) =>
  Object.entries({
    type: 'transformer',
    'dim-emb': WIDTH,
    'dim-vocabs': `[${VOCABULARY}, ${VOCABULARY}]`,
    'enc-depth': 2,
    'dec-depth': 1,
    'transformer-heads': 2,
    'transformer-dim-ffn': INNER,
    'transformer-ffn-depth': 2,
    'transformer-ffn-activation': 'relu',
    'transformer-decoder-autoreg': 'rnn',
    'dec-cell': 'ssru',
    'transformer-preprocess': '""',
    'transformer-postprocess': 'dan',
    'transformer-postprocess-emb': 'd',
    'transformer-postprocess-top': '""',
    'tied-embeddings-all': true,
    'transformer-tied-layers': '[]',
    ...changes,
  })
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')

/** Its weights, of small random numbers. */
export function weightsOf(seed = 1): Record<string, Item> {
  const random = new Random(seed)
  const items: Record<string, Item> = {}
  const add = (name: string, rows: number, columns: number, scale: number, offset = 0) => {
    items[name] = {
      shape: [rows, columns],
      values: random.floats(rows * columns).map((value) => offset + scale * value),
    }
  }
  const matrix = (name: string, rows: number, columns: number) => add(name, rows, columns, 0.15)
  const norm = (name: string) => {
    add(`${name}_ln_scale`, 1, WIDTH, 0.1, 1)
    add(`${name}_ln_bias`, 1, WIDTH, 0.1)
  }
  const attention = (name: string) => {
    for (const part of 'qkvo') {
      matrix(`${name}_W${part}`, WIDTH, WIDTH)
      add(`${name}_b${part}`, 1, WIDTH, 0.1)
    }
    norm(`${name}_Wo`)
  }
  const feedForward = (name: string) => {
    matrix(`${name}_W1`, WIDTH, INNER)
    add(`${name}_b1`, 1, INNER, 0.1)
    matrix(`${name}_W2`, INNER, WIDTH)
    add(`${name}_b2`, 1, WIDTH, 0.1)
    norm(`${name}_ffn`)
  }
  add('Wemb', VOCABULARY, WIDTH, 0.2)
  add('decoder_ff_logit_out_b', 1, VOCABULARY, 0.5)
  for (const layer of [1, 2]) {
    attention(`encoder_l${layer}_self`)
    feedForward(`encoder_l${layer}_ffn`)
  }
  matrix('decoder_l1_rnn_W', WIDTH, WIDTH)
  matrix('decoder_l1_rnn_Wf', WIDTH, WIDTH)
  add('decoder_l1_rnn_bf', 1, WIDTH, 0.1)
  norm('decoder_l1_rnn_ffn')
  attention('decoder_l1_context')
  feedForward('decoder_l1_ffn')
  return items
}

/** The same with all matrices as integers, with the multipliers of inputs that browsers' models have. */
export function quantizedOf(
  items: Record<string, Item>,
  { type, lane, bits = 8, alphas = true }: { type: number; lane?: number; bits?: 8 | 16; alphas?: boolean },
): Record<string, Item> {
  const quantized: Record<string, Item> = {}
  for (const [name, item] of Object.entries(items)) {
    const isMatrix = /_W[a-z0-9]*$/.test(name) || (name === 'Wemb' && lane === undefined && bits === 8)
    const scale = bits === 16 ? 1024 : 127 / item.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    quantized[name] = isMatrix ? { ...item, as: { type, lane, bits, scale: Math.fround(scale) } } : item
    // Inputs of one product have one multiplier.
    const alpha = /_Wo$|W2$/.test(name) ? 40 : 20
    if (isMatrix && alphas) quantized[`${name}_QuantMultA`] = { shape: [1, 1], values: Float32Array.of(alpha) }
  }
  return quantized
}

/** The settings of the search as browsers' models have them. */
export const SETTINGS = `relative-paths: true
models:
  - model.bin
vocabs:
  - vocab.spm
  - vocab.spm
shortlist:
    - lex.bin
    - false
beam-size: 1
normalize: 1.0
word-penalty: 0
max-length-factor: 2.0
gemm-precision: int8shiftAlphaAll
`

/** The targets of each source token. */
export const targets = Array.from({ length: VOCABULARY }, (_, id) =>
  [0, 2 + (id % 20), 3 + ((7 * id) % 20)].sort((a, b) => a - b),
)

interface Parts {
  items?: Record<string, Item>
  options?: string
  form?: 'bin' | 'npz' | 'fortran'
  settings?: string | null
  withShortlist?: boolean
}

/** Writes a folder of such a model, and returns it. */
export function marianFolder(folder: string, parts: Parts = {}): string {
  const { items = weightsOf(), options = optionsOf(), form = 'bin', settings = SETTINGS, withShortlist = true } = parts
  mkdirSync(folder, { recursive: true })
  const write = (name: string, content: Uint8Array | string) => writeFileSync(join(folder, name), content)
  if (form === 'bin') write('model.bin', marianBinary(items, options))
  else write('model.npz', npz(items, options, form === 'fortran'))
  write('vocab.spm', spm(pieces))
  if (withShortlist) write('lex.bin', shortlist(3, targets))
  if (settings !== null) write('config.yml', settings.replace('model.bin', form === 'bin' ? 'model.bin' : 'model.npz'))
  return folder
}
