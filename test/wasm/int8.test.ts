import { afterAll, describe, expect, it } from 'vitest'
import type { Player } from '#dist/engine/backend/interface/backend.js'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { linear } from '#dist/engine/program/ops/linear.js'
import { Program } from '#dist/engine/program/program.js'
import { wasmBackends } from '../backends.ts'
import { encodedStore } from '../engine/program/encoded-store.ts'
import { Random } from '../engine/program/random-operands.ts'

/** Around whole panels and steps of the depth; rows in every way to cut them into tiles, and enough for threads to share. */
const SHAPES = [1, 16, 17, 70].flatMap((outputs) => [1, 64, 65, 200].map((inputs) => ({ outputs, inputs })))
const ROWS = [1, 2, 3, 4, 5, 6, 7, 31, 33, 80]

/** y = x wᵀ for rows of x of which a part is relu's, with few numbers other than 0. */
function product({ outputs, inputs }: (typeof SHAPES)[number]) {
  const random = new Random(outputs + inputs)
  const weights = encodedStore('int8', {
    weight: { rows: outputs, width: inputs, values: random.floats(outputs * inputs) },
  })
  const p = new Program('linear', weights)
  const attributes = { activation: 'none', scale: 1 } as const
  p.output(linear(p, { x: p.input('x', 'S', inputs), weight: p.weight('weight') }, attributes)[0], 'y')
  const x = random.floats(80 * inputs)
  for (let row = 0; row < 80; row++)
    if (row % 8 < 3)
      for (let i = 0; i < inputs; i++) x[row * inputs + i] = random.next() < 0.1 ? Math.abs(x[row * inputs + i]) : 0
  return (player: Player, S: number) => {
    const y = new Float32Array(S * outputs)
    new LoadedProgram(player, p).play({ S }, { x, y })
    return y
  }
}

it.skipIf(wasmBackends.length > 0)(
  'are skipped: WebAssembly is not built (npm run prebuilds -- --only wasm)',
  (context) => context.skip(),
)

describe.each(wasmBackends)('products in int8 on $name', ({ make }) => {
  const [player, js] = [make(), new JsPlayer()]
  afterAll(() => player.close())

  it('have the bits of JavaScript', () => {
    for (const shape of SHAPES) {
      const play = product(shape)
      const expected = play(js, ROWS.at(-1)!)
      for (const S of ROWS)
        expect(play(player, S), `${S} × ${shape.inputs} → ${shape.outputs}`).toEqual(
          expected.subarray(0, S * shape.outputs),
        )
    }
  })
})
