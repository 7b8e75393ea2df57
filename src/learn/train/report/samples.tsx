import { Fragment } from 'preact'
import { whole } from '../../../base/values/number-text.ts'
import type { Scores } from '../step/validation.ts'

/** A word of a translation, and whether the reference has the word too, in the same order. */
interface MatchedWord {
  word: string
  matches: boolean
}

/** Compares the words of a hypothesis with the words of a reference, by a longest common subsequence. */
export function matchWords(hypothesis: string, reference: string): MatchedWord[] {
  const ours = words(hypothesis)
  const theirs = words(reference)
  const common = commonLengths(ours, theirs)
  const matched: MatchedWord[] = []
  for (let i = 0, j = 0; i < ours.length; ) {
    const matches = ours[i] === theirs[j]
    if (!matches && j < theirs.length && common[i][j + 1] >= common[i + 1][j]) j++
    else {
      matched.push({ word: ours[i++], matches })
      if (matches) j++
    }
  }
  return matched
}

/** [i][j] is the length of the longest common subsequence of our words from i on and theirs from j on. */
function commonLengths(ours: readonly string[], theirs: readonly string[]): number[][] {
  const common = Array.from({ length: ours.length + 1 }, () => new Array<number>(theirs.length + 1).fill(0))
  for (let i = ours.length - 1; i >= 0; i--)
    for (let j = theirs.length - 1; j >= 0; j--)
      common[i][j] = ours[i] === theirs[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1])
  return common
}

const words = (text: string) => text.split(/\s+/).filter(Boolean)

/** Translations of the same sentences at a step. Sentences that nobody has translated have no reference. */
export interface SampledAt {
  step: number
  samples: readonly { source: string; hypothesis: string; reference?: string }[]
}

/** The translations of the sentences of `validation.watch`, at the steps at which they were watched. */
export const watchedAt = (times: readonly (Scores & { step: number })[]): SampledAt[] =>
  times.flatMap(({ step, watched }) => (watched ? [{ step, samples: watched }] : []))

/**
 * The number of translations of a sentence that are shown: the first, the last, and some between, at equal distances on
 * a logarithmic scale of steps.
 */
const SHOWN = 9

/** The most characters of a translation that has no reference. */
const MOST = 600

/**
 * Improvement of the translations of unseen sentences over time. Each sentence has a table of steps, in which words
 * that the reference has are plain and other words are marked. Steps with the same translation share a row.
 */
export function Samples({ times }: { times: readonly SampledAt[] }) {
  const shown = chosen(times)
  const last = shown.at(-1)
  if (!last) return <p class="quiet">There has been no validation yet.</p>
  return last.samples.map(({ source, reference }, i) => (
    <section class="sample" key={source}>
      <p class="source" dir="auto">
        {source}
      </p>
      <table>
        {rowsOf(shown, i).map(({ steps, hypothesis }) => (
          <tr key={steps}>
            <td class="step">{steps}</td>
            <td dir="auto">
              <Marked hypothesis={hypothesis} reference={reference} />
            </td>
          </tr>
        ))}
        {reference !== undefined && (
          <tr class="reference">
            <td class="step">reference</td>
            <td dir="auto">{reference}</td>
          </tr>
        )}
      </table>
    </section>
  ))
}

/** The rows of the sentence at `place`: every validation has the same sentences in the same order. */
function rowsOf(times: readonly SampledAt[], place: number): { steps: string; hypothesis: string }[] {
  const rows: { first: number; last: number; hypothesis: string }[] = []
  for (const { step, samples } of times) {
    const hypothesis = samples[place]?.hypothesis
    if (hypothesis === undefined) continue
    const before = rows.at(-1)
    if (before?.hypothesis === hypothesis) before.last = step
    else rows.push({ first: step, last: step, hypothesis })
  }
  return rows.map(({ first, last, hypothesis }) => ({
    steps: first === last ? whole(first) : `${whole(first)} – ${whole(last)}`,
    hypothesis,
  }))
}

/**
 * The words of a translation, with those marked that the reference, if there is one, does not have; an endless
 * translation is cut.
 */
export function Marked({ hypothesis, reference }: { hypothesis: string; reference?: string }) {
  if (reference === undefined) return <>{hypothesis.length > MOST ? `${hypothesis.slice(0, MOST)} …` : hypothesis}</>
  if (hypothesis === reference) return <b class="right">{hypothesis}</b>
  const most = 2 * reference.length + 60
  const words = matchWords(hypothesis.slice(0, most), reference)
  if (!words.length) return <span class="quiet">(nothing)</span>
  return (
    <>
      {words.map(({ word, matches }, i) => (
        <Fragment key={i}>
          {i > 0 && ' '}
          {matches ? word : <s>{word}</s>}
        </Fragment>
      ))}
      {hypothesis.length > most && ' …'}
    </>
  )
}

export function chosen<T>(times: readonly T[]): T[] {
  if (times.length <= SHOWN) return [...times]
  const places = new Set<number>()
  for (let i = 0; i < SHOWN; i++) places.add(Math.round(times.length ** (i / (SHOWN - 1))) - 1)
  return [...places].map((place) => times[place])
}
