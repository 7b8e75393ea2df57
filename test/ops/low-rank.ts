import { dot, rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, integers, whole } from '../engine/program/random-operands.ts'

export const lowRank: OpTest = {
  case(random) {
    const [S, adapters, parts, wide, part] = [
      random.rows(),
      random.pick([1, 2, 3]),
      random.pick([1, 2, 3]),
      random.width(),
      random.pick([1, 3, 8, 16, 17, 40]),
    ]
    const isForward = random.next() < 0.6
    let end = 0
    const places = Array.from({ length: adapters * parts }, () => {
      const rank = random.pick([0, 1, 2, 4, 5])
      const down = end
      const up = down + rank * wide
      end = up + rank * part
      return [down, up, rank]
    }).flat()
    const V = end + random.pick([0, 3])
    const [inputs, outputs] = isForward ? [wide, parts * part] : [parts * part, wide]
    return {
      symbols: { S, V, G: adapters },
      inputs: {
        x: floats(random, 'S', S, inputs),
        product: random.next() < 0.7 ? floats(random, 'S', S, outputs) : null,
        matrices: whole('V', 1, random.floats(V)),
        places: whole('G', 3 * parts, Int32Array.from(places)),
        adapters: whole('S', 1, integers(random, S, -1, adapters - 1)),
      },
      attributes: { outputs, direction: isForward ? 'forward' : 'back' },
    }
  },
  reference({ inputs, attributes }) {
    const { x, product, matrices, places, adapters } = inputs
    const { outputs, direction } = attributes as { outputs: number; direction: string }
    const parts = places!.width / 3
    const [wide, parted] = direction === 'forward' ? [x!.width, outputs] : [outputs, x!.width]
    const part = parted / parts
    const products = product && rowsOf(product)
    const values = Array.from(matrices!.data as Float32Array)
    return [
      rowsOf(x!).flatMap((row, s) => {
        const y = products ? [...products[s]] : new Array<number>(outputs).fill(0)
        const adapter = adapters!.data[s]
        for (let p = 0; adapter >= 0 && p < parts; p++) {
          const [down, up, rank] = places!.data.subarray((adapter * parts + p) * 3, (adapter * parts + p) * 3 + 3)
          for (let k = 0; k < rank; k++) {
            const a = values.slice(down + k * wide, down + (k + 1) * wide)
            const b = values.slice(up + k * part, up + (k + 1) * part)
            if (direction === 'forward') {
              const inner = dot(row, a)
              b.forEach((value, i) => {
                y[p * part + i] += inner * value
              })
            } else {
              const inner = dot(row.slice(p * part, (p + 1) * part), b)
              a.forEach((value, i) => {
                y[i] += inner * value
              })
            }
          }
        }
        return y
      }),
    ]
  },
  freeWidths: ['x'],
}
