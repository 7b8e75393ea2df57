import type { Picture } from '../../draw/marks/element.ts'
import { matrix } from '../../draw/marks/matrix.ts'
import type { Side } from '../../draw/marks/side.ts'
import type { Trace, TracedStep } from '../data/trace.ts'
import { shownToken, shownTokens } from './tokens.ts'

/** Where there are many tokens, a token below this probability everywhere has no column, unless it was chosen. */
const FEW = 10
const LEAST = 0.01
/** The maximum number of columns, for the most probable tokens. */
const MOST_COLUMNS = 18

/**
 * The distributions of all steps, a row each, as The Illustrated Transformer shows the output of a trained model: a
 * column for each token that is among the most probable at some step. At steps where the token is not among them, its
 * cell is empty. `among`: the steps whose tokens have columns, from several traces where their pictures are to have the
 * same columns.
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
    rows,
    columns: words,
    values,
    scale: 'weights',
    width: 880,
    captions: { columns: 'output vocabulary', rows: 'step' },
    marks: (row, column) => ({ 'data-step': row, 'data-id': columns[column].id }),
  })
}

/** Tokens by their ids, so that pictures with one vocabulary have the same columns in the same order. */
function columnsOf(steps: readonly TracedStep[]): { id: number; token: string }[] {
  const columns = new Map<number, { id: number; token: string; logProbability: number; chosen: boolean }>()
  for (const { top, chosen } of steps)
    for (const { id, token, logProbability } of [...top, chosen]) {
      const before = columns.get(id)
      columns.set(id, {
        id,
        token,
        chosen: before?.chosen || id === chosen.id,
        logProbability: Math.max(logProbability, before?.logProbability ?? -Infinity),
      })
    }
  return [...columns.values()]
    .filter(({ logProbability, chosen }) => columns.size <= FEW || chosen || logProbability >= Math.log(LEAST))
    .sort((a, b) => Number(b.chosen) - Number(a.chosen) || b.logProbability - a.logProbability)
    .slice(0, MOST_COLUMNS)
    .sort((a, b) => a.id - b.id)
}
