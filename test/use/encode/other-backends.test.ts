import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Encoder } from '#dist/use/encode/index.js'
import { goldens, tensorsOf } from './golden-folders.ts'

// Families whose layers differ most; the first lies in this repository.
const names = ['bert-cls', 'deberta-v3-nli', 'modernbert', 'mpnet', 'albert']
const played = goldens.filter(({ name }) => names.includes(name))
const hasWasm = existsSync(join(import.meta.dirname, '../../../wasm/glassformer.wasm'))

describe.each(['wasm', 'js'] as const)('%s', (backend) => {
  it.for(played)('$name has the states and logits of transformers', async (golden, context) => {
    context.skip(backend === 'wasm' && !hasWasm, 'WebAssembly is not built: npm run prebuilds -- --only wasm')
    const tensors = tensorsOf(golden)
    await using encoder = await Encoder.load(golden.model, { precision: 'float32', backend, workers: 1, threads: 1 })
    expect(encoder.backendInfo().backend).toBe(backend)
    const given = golden.cases.slice(0, 3).map(({ text, pair }) => (pair ? { text, pair } : text))
    const found = await encoder.states(given, { maxLength: golden.max_length })
    found.forEach(({ states, answers }, i) => {
      const expected = tensors(`last_hidden_state.${i}`)
      if (expected) expect(farthest(states, expected)).toBeLessThan(1e-4)
      const { logits } = golden.cases[i]!
      if (logits && Array.isArray(logits) && typeof logits[0] === 'number')
        expect(farthest(answers!, Float32Array.from(logits))).toBeLessThan(1e-4)
    })
  })
})

/** The largest difference, in parts of the largest value. */
function farthest(found: Float32Array, expected: Float32Array): number {
  expect(found.length).toBe(expected.length)
  const most = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
  return found.reduce((a, value, i) => Math.max(a, Math.abs(value - expected[i]!)), 0) / most
}
