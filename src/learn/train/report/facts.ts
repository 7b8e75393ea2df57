import { present } from '../../../base/present.ts'
import { counted, whole } from '../../../base/values/number-text.ts'
import type { Kept } from '../forgetting.ts'
import { faults } from '../pairs/cleaning.ts'
import type { Metrics } from './metrics.ts'

/** The measurements so far, as pairs of a name and a text. */
export function factsOf({ sessions, steps, validations, result }: Metrics): [string, string][] {
  const session = sessions.at(-1)
  const sum = (of: (line: Metrics['steps'][number]) => number) => steps.reduce((total, line) => total + of(line), 0)
  const seconds = sum((line) => line.seconds)
  const tokens = sum((line) => line.tokens)
  const best = validations.filter((line) => line.best).at(-1)
  const last = steps.at(-1)
  const facts: [string, string][] = []
  if (session) {
    const { sourceVocabulary: source, targetVocabulary: target } = session
    facts.push(['parameters', whole(session.parameters)])
    facts.push(['vocabulary', source === target ? whole(source) : `${whole(source)} + ${whole(target)}`])
    facts.push(['backend', `${session.backend}, ${session.precision}, ${counted(session.threads, 'thread')}`])
  }
  if (last) {
    facts.push(['steps', whole(last.step)], ['epochs', whole(last.epoch + 1)])
    facts.push(['time in steps', timeText(seconds)], ['target tokens', whole(tokens)])
    facts.push(['target tokens a second', whole(tokens / Math.max(seconds, 1e-9))])
    facts.push(['padding avoided', `${((100 * sum((line) => line.paddingShare)) / steps.length).toFixed(0)} %`])
  }
  if (best) facts.push(['best loss, unseen', `${fixed(best.loss, 3)} at step ${whole(best.step)}`])
  const scored = result ?? validations.at(-1)
  if (scored) {
    if (scored.samples.length) facts.push(['BLEU', fixed(scored.bleu, 1)], ['chrF', fixed(scored.chrf, 1)])
    facts.push(['loss, unseen', fixed(scored.loss, 3)])
  }
  return facts
}

/** The numbers of pairs of the corpus, kept and dropped, in the latest session that read all of them. */
export function dataRows({ sessions, steps }: Metrics): [string, string][] {
  const session = sessions.findLast(({ cleaning }) => cleaning.read > 0)
  if (!session) return []
  const { cleaning, corpus, heldOut, sharing = { leftOut: 0, trainedOn: 0 } } = session
  const rows: [string, number][] = [
    [`${corpus.unit ?? 'line'}s`, corpus.lines],
    ['without a pair', corpus.malformed],
    ...(Object.keys(faults) as (keyof typeof faults)[]).map((fault): [string, number] => [
      `dropped: ${faults[fault]}`,
      cleaning[fault],
    ]),
    ['kept', cleaning.kept],
    ...some([['kept, with two equal sides', cleaning.equal ?? 0]]),
    ...(cleaning.notRemembered
      ? [['kept, but their repetitions go unseen', cleaning.notRemembered] as [string, number]]
      : []),
    [sharing.trainedOn ? 'for validation' : 'of other sentences, for validation', heldOut],
    ...some([
      ['that share a sentence with these, left out', sharing.leftOut],
      ['that share a sentence with these, trained on', sharing.trainedOn],
    ]),
    ...droppedRows(steps),
  ]
  return rows.map(([name, count]) => [name, whole(count)])
}

/** The numbers of dropped pairs, each pair counted once in every pass. */
function droppedRows(steps: Metrics['steps']): [string, number][] {
  const dropped = steps.at(-1)?.dropped
  if (!dropped) return []
  return some([
    ['in no batch, in all passes: too many tokens', dropped.tooLong],
    ['in no batch, in all passes: no token', dropped.empty],
  ])
}

const some = (rows: [string, number][]) => rows.filter(([, count]) => count > 0)

/** A loss that is not finite is null in JSON. */
const fixed = (value: number | null, digits: number) =>
  Number.isFinite(value) ? present(value).toFixed(digits) : 'not finite'

/** 4000 → '1 h 7 min'. */
function timeText(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  return minutes ? `${minutes} min ${Math.floor(seconds % 60)} s` : `${seconds.toFixed(1)} s`
}

/** A measurement of what a model has kept, before the first step and, once it is measured, after the last. */
export interface KeptRow {
  name: string
  values: readonly string[]
}

/** The scores on general lines of a model that is trained further, before and now. */
export const keptRows = (kept: readonly Kept[]): KeptRow[] =>
  keptValues
    .map(([name, text]) => ({ name, values: kept.map(text).filter((value) => value !== null) }))
    .filter(({ values }) => values.length > 0)

const keptValues: [string, (kept: Kept) => string | null][] = [
  ['everyday sentences, BLEU', ({ everyday }) => everyday?.toFixed(1) ?? null],
  ['three sentences on one line, of their BLEU', ({ rough }) => rough?.joined.toFixed(3) ?? null],
  ['in capitals, of the BLEU without case', ({ rough }) => rough?.capitals.toFixed(3) ?? null],
  ['lower case without the full stop, of the BLEU without both', ({ rough }) => rough?.lower.toFixed(3) ?? null],
  ['amounts with all digits', ({ amounts: { right, of } }) => `${right} of ${of}`],
]
