import { interleave, median, speedRatio } from './interleave.ts'
import type { Case, Question, Side } from './question.ts'
import type { Row } from './row.ts'

/** A comparison of two contenders, and the place of its ratio: above a column, and in the ratios of a row. */
interface Comparison {
  head: string
  of: string
  against: string
}

/**
 * The comparisons between contenders, in the order of the columns. The first comparison of a contender is the `ratio`
 * of its cell.
 */
const comparisons: readonly Comparison[] = [
  { head: 'wasm/js', of: 'wasm', against: 'js' },
  { head: 'wasm ×2/×1', of: 'wasm ×2', against: 'wasm' },
  { head: 'native/js', of: 'native', against: 'js' },
  { head: 'native/wasm', of: 'native', against: 'wasm' },
  { head: '×2/×1', of: 'native ×2', against: 'native' },
  { head: 'of the limit', of: 'native', against: 'limit' },
  { head: 'gain', of: 'shortlist', against: 'all tokens' },
  { head: 'own/native', of: 'own GEMM', against: 'native' },
  { head: 'js/tfjs-cpu', of: 'js', against: 'tfjs-cpu' },
  { head: 'native/tfjs-wasm', of: 'native', against: 'tfjs-wasm' },
  { head: 'native/oneDNN', of: 'native', against: 'oneDNN' },
  { head: 'native/CTranslate2', of: 'native', against: 'CTranslate2' },
  { head: 'native/PyTorch', of: 'native', against: 'PyTorch' },
  { head: 'native/transformers.js', of: 'native', against: 'transformers.js' },
  { head: 'wasm/transformers.js', of: 'wasm', against: 'transformers.js wasm' },
  { head: 'native/Marian', of: 'native', against: 'Marian' },
  { head: 'native/Bergamot', of: 'native', against: 'Bergamot' },
  { head: 'native/slimt', of: 'native', against: 'slimt' },
]

/** The comparisons of a question among the contenders for which `has` returns true. */
export function comparisonsOf({ ratios }: Question, has: (name: string) => boolean): readonly Comparison[] {
  const asked = ratios?.flatMap(({ pairs }) =>
    pairs.map(([of, against]) => ({ head: `${of}/${against}`, of, against })),
  )
  return (asked ?? comparisons).filter(({ of, against }) => has(of) && has(against))
}

export async function measure(question: Question, work: Case, seconds: number, fewestRounds?: number): Promise<Row> {
  const { sides } = work
  for (const side of sides) await side.prepare?.()
  const measured = await interleave(
    sides.map((side) => side.run),
    seconds,
    fewestRounds,
  )
  const times = new Map(sides.map(({ contender }, i) => [contender.name, measured[i]]))
  const ratios = new Map<string, number>()
  const compared = comparisonsOf(question, (name) => times.has(name))
  for (const { head, of, against } of compared) ratios.set(head, speedRatio(times.get(of)!, times.get(against)!))
  const cells = sides.map((side, i) => {
    const { name } = side.contender
    const first = compared.find(({ of }) => of === name)
    const ratio = first ? rounded(ratios.get(first.head)!) : null
    const cell = { bench: question.name, ...cellOf(work, side, measured[i]), ratio, peer: first?.against ?? null }
    return [name, cell] as const
  })
  for (const side of sides) side.dispose?.()
  return { label: work.label, cells: new Map(cells), ratios }
}

/** The fields of a cell that do not depend on others; `times` are the seconds of a run in each round. */
function cellOf(
  { label, model, batch, beam, flops, tokens }: Case,
  { contender, shareOfPrograms }: Side,
  times: number[],
) {
  const { backend, precision, isa, blas, threads, settings } = contender
  const seconds = median(times)
  return {
    case: label,
    model: model ?? null,
    backend,
    precision,
    isa,
    blas,
    threads,
    ...(settings !== undefined && { settings }),
    batch: batch ?? null,
    beam: beam ?? null,
    seconds: rounded(seconds),
    rounds: times.length,
    ...(flops !== undefined && { gflops: rounded(flops / seconds / 1e9) }),
    ...(tokens !== undefined && { tokensPerSecond: rounded(tokens / seconds) }),
    ...(shareOfPrograms && { shareOfPrograms: rounded(shareOfPrograms()) }),
  }
}

/** Four digits: more would be noise. */
const rounded = (value: number) => Number(value.toPrecision(4))
