import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { loadFolder } from '#dist/files/folders/load.js'
import { expectClose } from '../engine/decode/expect-close.ts'
import { sharedFolder } from '../shared-folder.ts'
import { traced } from './traced.ts'

type Expected = Record<'led' | 'longt5-tglobal', Record<string, number[][][]>> & { source: number[] }

/** Weights of the last layer by transformers. */
const golden: Expected = JSON.parse(
  readFileSync(new URL('../golden/more/global-attention/expected.json', import.meta.url), 'utf8'),
)

test.each(['longt5-tglobal', 'led'] as const)(
  '%s: a trace has the weights of an encoder with global tokens as transformers has them, and they make its heads',
  (family) => {
    const folder = `${sharedFolder}/golden/more/${family}/model`
    if (!existsSync(folder)) return
    const { weights } = loadFolder(folder, { precision: 'float32' })
    const player = new JsPlayer()
    const { source } = golden
    const { tensors } = traced(player, weights, source, { target: [5, 9, 1], tensors: ['**'] })
    const at = 'encoder.1.selfAttention'
    for (const [name, heads] of Object.entries(golden[family])) {
      expect(tensors[`${at}.${name}`].shape).toEqual([heads.length, source.length, heads[0][0].length])
      expectClose(tensors[`${at}.${name}`].values, heads.flat(2), 2e-5)
    }
    expectHeads(tensors, at, source.length, { first: family === 'led' ? 1 : 0, hasSums: family !== 'led' })
    expect(tensors['decoder.1.crossAttention.weights'].shape).toEqual([4, 3, source.length])
    player.close()
  },
)
/** Expects the outputs of 4 heads of 8 numbers to be their weights times values, for the tokens from `first` on. */
function expectHeads(
  tensors: ReturnType<typeof traced>['tensors'],
  at: string,
  tokens: number,
  { first, hasSums }: { first: number; hasSums: boolean },
): void {
  const { values: made, shape } = tensors[`${at}.heads`]
  expect(shape).toEqual([tokens, 32])
  const sum = (name: string, values: string, head: number, row: number, i: number) => {
    const { values: given, shape } = tensors[`${at}.${name}`]
    const v = tensors[`${at}.${values}`].values
    return Array.from({ length: shape[2] }, (_, key) => {
      return given[(head * tokens + row) * shape[2] + key] * v[key * 32 + head * 8 + i]
    }).reduce((a, b) => a + b, 0)
  }
  for (let head = 0; head < 4; head++)
    // The first token of LED has values of its own.
    for (let row = first; row < tokens; row++)
      for (let i = 0; i < 8; i++) {
        const far = hasSums ? sum('sumWeights', 'sumValue', head, row, i) : 0
        expect(made[row * 32 + head * 8 + i]).toBeCloseTo(sum('weights', 'value', head, row, i) + far, 5)
      }
}

test.each(['bigbird-pegasus-sparse', 'pegasus-x'])(
  '%s: a trace has the weights of tokens and of rows beside them, in each layer, and they make its heads',
  (family) => {
    const folder = new URL(`../golden/seq2seq2/${family}`, import.meta.url).pathname
    const { weights } = loadFolder(`${folder}/model`, { precision: 'float32' })
    const [{ source }]: { source: number[] }[] = JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8')).cases
    const player = new JsPlayer()
    const { tensors } = traced(player, weights, source, { target: [5, 9, 1], tensors: ['**'] })
    for (const layer of [0, 1])
      expectHeads(tensors, `encoder.${layer}.selfAttention`, source.length, { first: 0, hasSums: true })
    player.close()
  },
)

test('a trace of a model with a prompt has the weights among tokens, which are those of attention without it', () => {
  const folder = new URL('../golden/seq2seq2/mvp-prompt/model', import.meta.url).pathname
  const { weights } = loadFolder(folder, { precision: 'float32' })
  const player = new JsPlayer()
  const { tensors } = traced(player, weights, [5, 6, 7, 2], { target: [5, 9, 1], tensors: ['**'] })
  for (const [name, shape] of [
    ['encoder.0.selfAttention.weights', [4, 4, 4]],
    ['decoder.1.selfAttention.weights', [4, 3, 3]],
    ['decoder.1.crossAttention.weights', [4, 3, 4]],
  ] as const) {
    const { values, shape: found } = tensors[name]
    expect(found).toEqual(shape)
    const keys = shape[2]
    for (let row = 0; row < values.length / keys; row++)
      expect(values.subarray(row * keys, (row + 1) * keys).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5)
  }
  player.close()
})
