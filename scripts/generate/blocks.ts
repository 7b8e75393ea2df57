/**
 * The blocks in which src/engine/backend/js/fast/ multiplies: sixteen, or eight, sums in local variables, which V8 keeps
 * in registers. Each kind of weights has functions of its own, since a function that meets arrays of two types is
 * compiled for both, and slower. `| 0` says that an index is an integer of 32 bits: otherwise each addition is checked
 * for leaving them.
 */
/** Weights as blocks meet them: so many lie side by side at each input, and as many further on lies the next input. */
interface Kind {
  says: string
  group: number
  array: 'Floats' | 'Float64Array'
}

const kinds: Record<string, Kind> = {
  'float-blocks': {
    says: 'A weight lies output by output: `at` is the place of the first one, and `stride` the way to the next.',
    group: 1,
    array: 'Floats',
  },
  'int8-blocks': {
    says: 'Pairs of outputs lie four by four: `at` is the place of the first four, and `stride` the way to the others.',
    group: 4,
    array: 'Float64Array',
  },
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

/** src/engine/backend/js/fast/float-blocks.ts and int8-blocks.ts, by their paths. */
export const blockFiles = (): [string, string][] =>
  Object.entries(kinds).map(([name, kind]) => [`src/engine/backend/js/fast/${name}.ts`, fileOf(kind)])

function fileOf(kind: Kind): string {
  const { says, array } = kind
  return `// Written by \`npm run generate\`: scripts/generate/blocks.ts. Not to be edited.
import type { Factors, ${array === 'Floats' ? 'Floats, ' : ''}Place, SparseFactors } from './blocks.ts'

/** ${says} */
type Weights = Place<${array}>

type Sums = Place<${array}>

/** Four rows of factors, which lie as [count, 4], by four weights. */
export function block4x4({ data: a, at, count }: Factors, w: Weights, to: Sums): void {
  let a0 = at
${indented(2, [...pointers(kind, 4, 'let'), ...zeros(upTo(4).flatMap((row) => upTo(4).map((i) => `${row}${i}`)))])}
  for (const end = a0 + 4 * count; a0 < end; a0 = (a0 + 4) | 0) {
${indented(4, [
  ...upTo(4).map((i) => `const v${i} = ${valueAt(kind, 'w', i)}`),
  ...upTo(4).flatMap((row) => [
    row === 0 ? 'let v = a[a0]' : `v = a[(a0 + ${row}) | 0]`,
    ...upTo(4).map((i) => `s${row}${i} += v * v${i}`),
  ]),
  ...advanced(kind, 4),
])}
  }
  const out = to.data
  let o = to.at
${indented(
  2,
  upTo(4).flatMap((row) => [
    ...(row ? ['o += to.stride'] : []),
    ...stored(
      'o',
      upTo(4).map((i) => `s${row}${i}`),
    ),
  ]),
)}
}

/** One row of factors by eight weights. */
export function block1x8({ data: a, at, count }: Factors, w: Weights, to: Sums): void {
  let a0 = at
${indented(2, [...pointers(kind, 8, 'let'), ...zeros(upTo(8))])}
  for (const end = a0 + count; a0 < end; a0 = (a0 + 1) | 0) {
    const v = a[a0]
${indented(4, [...upTo(8).map((i) => `s${i} += v * ${valueAt(kind, 'w', i)}`), ...advanced(kind, 8)])}
  }
${eightStored}
}

/** The factors of one sparse row that are not 0 by eight weights. */
export function sparse1x8({ numbers, columns, at, end }: SparseFactors, w: Weights, to: Sums): void {
${indented(2, [...pointers(kind, 8, 'const'), ...zeros(upTo(8))])}
  for (let i = at; i < end; i = (i + 1) | 0) {
    const v = numbers[i]
    const column = ${kind.group === 1 ? '' : `${kind.group} * `}columns[i]
${indented(4, [
  ...starts(kind, 8).map((i) => `const c${i} = (w${i} + column) | 0`),
  ...upTo(8).map((i) => `s${i} += v * ${valueAt(kind, 'c', i)}`),
])}
  }
${eightStored}
}
`
}

const indented = (spaces: number, lines: string[]) => lines.map((line) => ' '.repeat(spaces) + line).join('\n')

/** The first weights of each group. */
const starts = ({ group }: Kind, count: number) => upTo(count / group).map((i) => i * group)

/** Places of the weights at the first input: a variable for each group. */
const pointers = (kind: Kind, count: number, declared: string) => [
  'const b = w.data',
  ...starts(kind, count).map((i, n) => `${declared} w${i} = ${n ? `w${i - kind.group} + w.stride` : 'w.at'}`),
]

const advanced = (kind: Kind, count: number) => starts(kind, count).map((i) => `w${i} = (w${i} + ${kind.group}) | 0`)

const zeros = (names: (string | number)[]) => names.map((name) => `let s${name} = 0`)

/** Weight i at an input, whose group begins where the variable of this letter says. */
function valueAt({ group }: Kind, letter: string, i: number): string {
  const within = i % group
  return within ? `b[(${letter}${i - within} + ${within}) | 0]` : `b[${letter}${i}]`
}

const stored = (place: string, sums: string[]) => sums.map((sum, i) => `out[${i ? `${place} + ${i}` : place}] = ${sum}`)

const eightStored = indented(2, [
  'const out = to.data',
  'const o = to.at',
  ...stored(
    'o',
    upTo(8).map((i) => `s${i}`),
  ),
])
