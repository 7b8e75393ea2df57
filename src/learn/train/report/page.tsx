import { renderToString } from 'preact-render-to-string'
import { counted, whole } from '../../../base/values/number-text.ts'
import { fonts } from '../../../draw/marks/label.ts'
import { paletteCss } from '../../../draw/marks/palette.ts'
import type { JsonObject } from '../../../formats/json/json-text.ts'
import { leavesOf } from '../state/checksums.ts'
import { curvesSvg } from './curves.ts'
import { dataRows, factsOf, keptRows } from './facts.ts'
import type { Metrics } from './metrics.ts'
import { Samples, watchedAt } from './samples.tsx'

/**
 * The lowest possible loss, that of a model that is always right and as sure as label smoothing allows: the entropy of
 * the smoothed target. ε is spread over all V classes, or over all others; see `crossEntropy`.
 */
export function leastLoss(smoothing: number, over: 'all' | 'others', classes: number): number {
  const other = over === 'all' ? smoothing / classes : smoothing / (classes - 1)
  const right = 1 - other * (classes - 1)
  return part(right) + (classes - 1) * part(other)
}

const part = (share: number) => (share > 0 ? -share * Math.log(share) : 0)

export interface Page {
  name: string
  /** The state of the run: 'training', 'stopped at step 300' and the like. */
  state: string
  settings: JsonObject
  steps: number
  metrics: Metrics
}

export const STYLE = `
:root { color-scheme: light dark; ${paletteCss('light')} }
@media (prefers-color-scheme: dark) { :root { ${paletteCss('dark')} } }
body { margin: 0 auto; padding: 24px 16px 64px; max-width: 900px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 ${fonts}; }
h1 { font-size: 24px; margin: 0; } h2 { font-size: 18px; margin: 40px 0 12px; } h3 { font-size: 14px; margin: 16px 0 4px; }
.quiet { color: var(--quiet); margin: 4px 0 20px; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 8px; margin: 0; }
dl div { background: var(--soft); border-radius: 6px; padding: 8px 12px; }
dt { color: var(--quiet); font-size: 13px; } dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
svg.picture { display: block; width: 100%; min-width: 640px; height: auto; } .scrolling { overflow-x: auto; }
table { border-collapse: collapse; } td, th { padding: 3px 12px 3px 0; text-align: left; vertical-align: top; font-weight: 400; }
th { color: var(--quiet); } td:last-child { padding-right: 0; } td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(260px, 1fr)); gap: 0 32px; font-size: 14px; }
.sample { border-top: 1px solid var(--line); padding: 10px 0 14px; } .source { font-weight: 600; margin: 0 0 4px; }
.sample .step { color: var(--quiet); text-align: right; white-space: nowrap; min-width: 110px; font-size: 13px; }
.sample s { text-decoration: underline wavy 1px; text-underline-offset: 3px; color: var(--wrong); }
.right { color: var(--right); font-weight: 400; } .reference td { color: var(--quiet); }`

/** A report of a run in one HTML file without external files. */
export const pageHtml = (page: Page): string => `<!doctype html>\n${renderToString(<Report {...page} />)}\n`

function Report(page: Page) {
  const { name, state, settings, steps, metrics } = page
  const { sessions, validations, result } = metrics
  const data = dataRows(metrics)
  const times = result ? [...validations, result] : validations
  const watched = watchedAt(times)
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>{name}: a training</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <h1>{name}</h1>
        <p class="quiet">{state}</p>
        <dl>
          {factsOf(metrics).map(([name, text]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        <h2>Curves</h2>
        <div class="scrolling" dangerouslySetInnerHTML={{ __html: curvesSvg(metrics, steps) }} />
        <p class="quiet">
          Losses are means over target tokens, label smoothing included. {unseenText(page)} The first unseen sentences
          are translated and scored.{teacherText(page)}
          {floorText(page)}
        </p>
        <h2>The same unseen sentences over time</h2>
        <Samples times={times} />
        {watched.length > 0 && (
          <>
            <h2>Sentences that are watched</h2>
            <Samples times={watched} />
          </>
        )}
        {metrics.kept.length > 0 && (
          <>
            <h2>What the model could before</h2>
            <table>
              <tr>
                <th />
                {metrics.kept.map(({ step }) => (
                  <th key={step}>{step ? `after ${counted(step, 'step')}` : 'before the training'}</th>
                ))}
              </tr>
              {keptRows(metrics.kept).map(({ name, values }) => (
                <tr key={name}>
                  <th>{name}</th>
                  {values.map((value, i) => (
                    <td key={i}>{value}</td>
                  ))}
                </tr>
              ))}
            </table>
            <p class="quiet">
              The model alone, greedily, without what a translator adds (checked numbers, reading of capitals). Everyday
              sentences are held out of the pairs that are mixed in; without these, rough lines are made of the unseen
              sentences.
            </p>
          </>
        )}
        <h2>Sentence pairs</h2>
        {data.length ? <Rows rows={data} /> : <p class="quiet">They have not been read as a whole in this session.</p>}
        <h2>Settings</h2>
        <div class="columns">
          {Object.entries(settings).map(([group, values]) => (
            <div key={group}>
              <h3>{group}</h3>
              <Rows rows={[...leavesOf(values)].map(([name, value]) => [name, textOf(value)])} />
            </div>
          ))}
        </div>
        <h2>Sessions</h2>
        <Rows
          rows={sessions.map(({ began, step, backend }) => [
            momentText(began),
            `${step ? `went on from step ${whole(step)}` : 'began'}, ${backend}`,
          ])}
        />
      </body>
    </html>
  )
}

export const Rows = ({ rows }: { rows: readonly (readonly [string, string])[] }) => (
  <table>
    {rows.map(([name, text]) => (
      <tr key={name}>
        <th>{name}</th>
        <td>{text}</td>
      </tr>
    ))}
  </table>
)

/** The text about sentences for validation: given pairs may be trained on too. */
function unseenText({ metrics }: Page): string {
  const trainedOn = metrics.sessions.at(-1)?.sharing?.trainedOn
  return trainedOn
    ? `Unseen sentences have no dropout, and are not all unseen: ${counted(trainedOn, 'pair')} that ${trainedOn === 1 ? 'shares one is' : 'share one are'} trained on.`
    : 'Unseen sentences are not trained on, and have no dropout.'
}

/** With a teacher, the text that explains why losses in training cannot be compared with losses on unseen sentences. */
function teacherText({ settings }: Page): string {
  const { teacher, teacherWeight } = (settings.training ?? {}) as JsonObject
  if (!teacher) return ''
  return ` In training ${teacherWeight} of the loss is the divergence from the teacher; on unseen sentences it is not counted.`
}

/** The text that explains why the loss of a perfect model is not 0. */
function floorText({ settings, metrics }: Page): string {
  const { labelSmoothing, smoothingOver, teacher } = (settings.training ?? {}) as JsonObject
  const session = metrics.sessions.at(-1)
  if (typeof labelSmoothing !== 'number' || !labelSmoothing || !session) return ''
  const least = leastLoss(labelSmoothing, smoothingOver === 'others' ? 'others' : 'all', session.targetVocabulary)
  return ` With label smoothing ${labelSmoothing} over ${counted(session.targetVocabulary, 'piece')} no loss ${teacher ? 'on unseen sentences ' : ''}can be below ${least.toFixed(3)}.`
}

/** ISO 8601 → '2026-11-27 20:33 UTC'. */
const momentText = (began: string) => `${began.slice(0, 16).replace('T', ' ')} UTC`

export const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
