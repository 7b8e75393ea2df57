import type { Picture } from '../draw/element.ts'
import { matrix } from '../draw/matrix.ts'
import type { Side } from '../draw/side.ts'
import type { Trace, TracedStep } from '../trace/trace.ts'
import { shownToken, shownTokens } from './tokens.ts'

/** Of more tokens, those with the lowest probabilities are left out. */
const MOST_COLUMNS = 24

/**
 * The distributions of all steps, a row each, as The Illustrated Transformer shows what a trained model should give: a column for each token
 * that is among the most probable at some step. Where it is not among them, its cell is empty. `among`: the steps whose tokens have columns,
 * those of several traces where pictures are to have the same ones.
 */
export function stepsPicture(
  { steps, target }: Pick<Trace, 'steps' | 'target'>,
  among: readonly TracedStep[] = steps,
): Picture {
  const columns = columnsOf(among)
  const places = new Map(columns.map(({ id }, i) => [id, i]))
  const values = new Float32Array(steps.length * columns.length)
  for (const [row, { top, chosen }] of steps.entries())
    for (const { id, logProbability } of [...top, chosen]) {
      const column = places.get(id)
      if (column !== undefined) values[row * columns.length + column] = Math.exp(logProbability)
    }
  const shown = shownTokens(target)
  const rows: Side = {
    name: 'target',
    tokens: steps.map((_, i) => `${i} ${shown[i]}`),
    marks: steps.map((_, i) => `target:${i}`),
  }
  const words: Side = {
    name: 'vocabulary',
    tokens: columns.map(({ token }) => shownToken(token)),
    marks: columns.map(({ id }) => `vocabulary:${id}`),
  }
  return matrix({
    title: `Probabilities of the next token at each of ${steps.length} steps`,
    description: steps
      .map(({ top }, i) => `Step ${i}: ${shownToken(top[0].token)} ${Math.exp(top[0].logProbability).toFixed(2)}`)
      .join('; '),
    ...{ rows, columns: words, values, scale: 'weights' },
    captions: { columns: 'output vocabulary', rows: 'step' },
    marks: (row, column) => ({ 'data-step': row, 'data-id': columns[column].id }),
  })
}

/** Tokens by their ids, so that pictures of one vocabulary have the same columns in the same order. */
function columnsOf(steps: readonly TracedStep[]): { id: number; token: string }[] {
  const most = new Map<number, { id: number; token: string; logProbability: number }>()
  for (const { top, chosen } of steps)
    for (const choice of [...top, chosen])
      if (choice.logProbability > (most.get(choice.id)?.logProbability ?? -Infinity)) most.set(choice.id, choice)
  return [...most.values()]
    .sort((a, b) => b.logProbability - a.logProbability)
    .slice(0, MOST_COLUMNS)
    .sort((a, b) => a.id - b.id)
}
