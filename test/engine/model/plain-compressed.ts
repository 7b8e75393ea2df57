/** Memory-compressed attention (Liu et al. 2018, 4.2.4, as Tensor2Tensor has it), token by token. */
type Rows = number[][]

/** The functions that a plain model computes with. */
interface Parts {
  matrix(name: string): Rows
  values(name: string): number[]
  linear(name: string, x: Rows): Rows
  look(name: string, x: Rows): Rows
}

const product = (w: Rows, x: number[], bias: number[]) =>
  w.map((row, o) => row.reduce((sum, value, i) => sum + value * x[i], bias[o]))

/**
 * The first token and a linear of each whole block of tokens are the memory; query i sees its first ⌊i / factor⌋ + 1 rows. Each row of
 * memory is looked at in the place of its last token. Returns the heads side by side.
 */
export function plainCompressed(
  { matrix, values, linear, look }: Parts,
  name: string,
  x: Rows,
  { factor, heads, scale }: { factor: number; heads: number; scale: number },
): Rows {
  const blocks = x.length ? Math.floor((x.length - 1) / factor) : 0
  const [weight, bias] = [matrix(`${name}.memory.weight`), values(`${name}.memory.bias`)]
  const memory = [
    ...x.slice(0, 1),
    ...Array.from({ length: blocks }, (_, b) => product(weight, x.slice(b * factor, (b + 1) * factor).flat(), bias)),
  ]
  const placeOf = (row: number) => (row ? row * factor - 1 : 0)
  const spread = (rows: Rows, empty: number): Rows => {
    const width = rows[0]?.length ?? 0
    const all = x.map(() => new Array<number>(width).fill(empty))
    for (const [row, own] of rows.entries()) all[placeOf(row)] = own
    return all
  }
  const q = look(`${name}.query`, linear(`${name}.query`, x))
  const [k, v] = ['key', 'value'].map((part) => {
    const made = linear(`${name}.${part}`, memory)
    look(`${name}.${part}`, spread(made, 0))
    return made
  })
  const dHead = (q[0]?.length ?? 0) / heads
  const weights = Array.from({ length: heads }, (): Rows => [])
  const scores = Array.from({ length: heads }, (): Rows => [])
  const z = q.map((query, i) =>
    Array.from({ length: heads }, (_, head) => {
      const cut = (row: number[]) => row.slice(head * dHead, (head + 1) * dHead)
      const seen = Math.floor(i / factor) + 1
      const own = k
        .slice(0, seen)
        .map((key) => scale * cut(query).reduce((sum, value, c) => sum + value * cut(key)[c], 0))
      const powers = own.map((score) => Math.exp(score - Math.max(...own)))
      const total = powers.reduce((a, b) => a + b, 0)
      const at = (rows: number[], empty: number) => {
        const all = x.map(() => empty)
        for (const [row, value] of rows.entries()) all[placeOf(row)] = value
        return all
      }
      scores[head].push(at(own, -Infinity))
      weights[head].push(
        at(
          powers.map((power) => power / total),
          0,
        ),
      )
      return Array.from({ length: dHead }, (_, c) =>
        powers.reduce((sum, power, j) => sum + (power / total) * v[j][head * dHead + c], 0),
      )
    }).flat(),
  )
  look(`${name}.maskedScores`, scores.flat())
  look(`${name}.weights`, weights.flat())
  return look(`${name}.heads`, z)
}
