import { renderToString } from 'preact-render-to-string'
import { counted, whole } from '../../../base/values/number-text.ts'
import { stepAxis } from '../../../draw/marks/axis.ts'
import type { SvgElement } from '../../../draw/marks/element.ts'
import { label } from '../../../draw/marks/label.ts'
import type { Color } from '../../../draw/marks/palette.ts'
import { type Panel, panelOf } from '../../../draw/marks/panel.ts'
import { svgText } from '../../../draw/marks/svg-text.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { leavesOf } from '../state/checksums.ts'
import { factsOf } from './facts.ts'
import type { Metrics } from './metrics.ts'
import { STYLE, textOf } from './page.tsx'
import { chosen, Marked, type SampledAt, watchedAt } from './samples.tsx'

/** A run that is compared with others. */
export interface ComparedRun {
  name: string
  settings: JsonObject
  metrics: Metrics
}

/** The most runs of one page: there are as many colors of curves. */
export const MOST_RUNS = 8

/** Runs side by side in one HTML file: curves in one picture, measurements, settings that differ, and translations of the same sentences. */
export const comparisonHtml = (runs: readonly ComparedRun[]): string =>
  `<!doctype html>\n${renderToString(<Comparison runs={runs} />)}\n`

const colorOf = (run: number) => `var(--head${run})` as Color
const letterOf = (run: number) => String.fromCharCode(65 + run)

function Comparison({ runs }: { runs: readonly ComparedRun[] }) {
  const differing = differences(runs)
  const watched = sharedSentences(runs, ({ validations, result }) =>
    watchedAt([...validations, ...(result ? [result] : [])]),
  )
  const unseen = sharedSentences(runs, ({ validations, result }) => [...validations, ...(result ? [result] : [])])
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>{counted(runs.length, 'training')} side by side</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE + COMPARED }} />
      </head>
      <body class="wide">
        <h1>{counted(runs.length, 'training')} side by side</h1>
        <h2>Measurements</h2>
        <Table runs={runs} rows={facts(runs)} />
        <h2>Curves</h2>
        <div class="scrolling" dangerouslySetInnerHTML={{ __html: comparedCurves(runs) }} />
        <h2>Settings that differ</h2>
        {differing.length ? <Table runs={runs} rows={differing} /> : <p class="quiet">None.</p>}
        <Sentences title="Sentences that are watched" runs={runs} sentences={watched} />
        <Sentences title="The same unseen sentences" runs={runs} sentences={unseen} />
      </body>
    </html>
  )
}

const COMPARED = `
body.wide { max-width: 1200px; } .side td, .side th { border-top: 1px solid var(--line); padding: 4px 16px 4px 0; max-width: 340px; }
.side thead th { color: var(--ink); font-weight: 600; border: 0; } .side .step { white-space: nowrap; font-size: 13px; text-align: right; }
.letter { display: inline-block; min-width: 1.4em; font-weight: 700; }
.side s { text-decoration: underline wavy 1px; text-underline-offset: 3px; color: var(--wrong); }`

const Heads = ({ runs }: { runs: readonly ComparedRun[] }) => (
  <thead>
    <tr>
      <th />
      {runs.map(({ name }, i) => (
        <th scope="col" key={i}>
          <span class="letter" style={`color: ${colorOf(i)}`}>
            {letterOf(i)}
          </span>
          {name}
        </th>
      ))}
    </tr>
  </thead>
)

/** A name and a text of each run; '' where a run has none. */
type Row = readonly [string, ...string[]]

const Table = ({ runs, rows }: { runs: readonly ComparedRun[]; rows: readonly Row[] }) => (
  <div class="scrolling">
    <table class="side">
      <Heads runs={runs} />
      {rows.map(([name, ...texts]) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          {texts.map((text, i) => (
            <td key={i}>{text}</td>
          ))}
        </tr>
      ))}
    </table>
  </div>
)

function facts(runs: readonly ComparedRun[]): Row[] {
  return united(runs.map(({ metrics }) => new Map(factsOf(metrics))))
}

function differences(runs: readonly ComparedRun[]): Row[] {
  const rows = united(
    runs.map(({ settings }) => new Map([...leavesOf(settings)].map(([name, value]) => [name, textOf(value)]))),
  )
  return rows.filter(([, first, ...others]) => others.some((text) => text !== first))
}

/** The texts of all runs by their names, in the order of the first run that has the name. */
function united(maps: readonly ReadonlyMap<string, string>[]): Row[] {
  const names = [...new Set(maps.flatMap((map) => [...map.keys()]))]
  return names.map((name) => [name, ...maps.map((map) => map.get(name) ?? '')])
}

/** The translations of a sentence in each run, as they change. */
interface SharedSentence {
  source: string
  reference?: string
  runs: { step: number; hypothesis: string }[][]
}

/** Sentences that at least two of the runs have translated. */
function sharedSentences(
  runs: readonly ComparedRun[],
  timesOf: (metrics: Metrics) => readonly SampledAt[],
): SharedSentence[] {
  const times = runs.map(({ metrics }) => timesOf(metrics))
  const sources = new Map<string, string | undefined>()
  for (const each of times)
    for (const { source, reference } of each.at(-1)?.samples ?? []) sources.set(source, reference)
  return [...sources].flatMap(([source, reference]) => {
    const own = times.map((each) =>
      each.flatMap(({ step, samples }) => {
        const found = samples.find((sample) => sample.source === source)
        return found ? [{ step, hypothesis: found.hypothesis }] : []
      }),
    )
    return own.filter(({ length }) => length).length > 1 ? [{ source, reference, runs: own }] : []
  })
}

function Sentences(props: { title: string; runs: readonly ComparedRun[]; sentences: readonly SharedSentence[] }) {
  const { title, runs, sentences } = props
  if (!sentences.length) return null
  return (
    <>
      <h2>{title}</h2>
      {sentences.map((sentence) => (
        <section class="sample" key={sentence.source}>
          <p class="source" dir="auto">
            {sentence.source}
          </p>
          {sentence.reference !== undefined && (
            <p class="quiet" dir="auto">
              {sentence.reference}
            </p>
          )}
          <div class="scrolling">
            <table class="side">
              <Heads runs={runs} />
              {stepsOf(sentence).map((step) => (
                <tr key={step}>
                  <th scope="row" class="step">
                    {whole(step)}
                  </th>
                  {sentence.runs.map((times, i) => (
                    <td dir="auto" key={i}>
                      <At times={times} step={step} reference={sentence.reference} />
                    </td>
                  ))}
                </tr>
              ))}
            </table>
          </div>
        </section>
      ))}
    </>
  )
}

/** The steps of the rows: some at which any of the runs was measured. */
function stepsOf({ runs }: SharedSentence): number[] {
  return chosen([...new Set(runs.flatMap((times) => times.map(({ step }) => step)))].sort((a, b) => a - b))
}

/** The translation of a run at a step: that of its last validation up to there, while the run lasted. */
function At({ times, step, reference }: { times: SharedSentence['runs'][number]; step: number; reference?: string }) {
  const last = times.at(-1)
  const found = last && step <= last.step ? times.findLast((time) => time.step <= step) : undefined
  return found ? <Marked hypothesis={found.hypothesis} reference={reference} /> : null
}

const WIDTH = 1000
const LEFT = 60
const RIGHT = 90
const TITLE = 44
const FOOT = 46

/** Losses, BLEU and chrF of all runs in one picture, a color for each run. */
function comparedCurves(runs: readonly ComparedRun[]): string {
  const width = WIDTH - LEFT - RIGHT
  const last = Math.max(1, ...runs.map(({ metrics }) => metrics.steps.at(-1)?.step ?? 0))
  const axis = stepAxis(last, width, 8)
  const curves = (points: (metrics: Metrics) => { step: number; value: number }[], noisy = false): Panel['curves'] =>
    runs.map(({ metrics }, i) => ({ name: letterOf(i), color: colorOf(i), noisy, points: points(metrics) }))
  const of = (name: 'loss' | 'bleu' | 'chrf') =>
    curves(({ validations }) => validations.map((line) => ({ step: line.step, value: line[name] })))
  const panels: Panel[] = [
    { title: 'Loss of unseen sentences', height: 200, curves: of('loss') },
    { title: 'BLEU of unseen sentences', height: 160, curves: of('bleu'), least: { low: 0, high: 10 } },
    { title: 'chrF of unseen sentences', height: 160, curves: of('chrf'), least: { low: 0, high: 10 } },
    {
      title: 'Loss in training',
      height: 160,
      curves: curves(({ steps }) => steps.map(({ step, loss }) => ({ step, value: loss })), true),
    },
  ]
  const content: SvgElement[] = []
  let top = TITLE
  for (const panel of panels) {
    content.push(...panelOf(panel, { left: LEFT, top, width, steps: axis }))
    top += panel.height + TITLE
  }
  const bottom = top - TITLE
  const quiet = { anchor: 'middle', color: 'var(--quiet)', size: 12 } as const
  for (const { value, text } of axis.marks) content.push(label(text, LEFT + axis.at(value), bottom + 14, quiet))
  content.push(label('step', LEFT + width / 2, bottom + 32, quiet))
  const title = `Curves of ${counted(runs.length, 'training')}`
  const description = panels.map(({ title }) => title).join('; ')
  return svgText({ width: WIDTH, height: bottom + FOOT, title, description, content }, 'either')
}
