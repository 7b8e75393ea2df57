import { useMemo } from 'preact/hooks'
import { present } from '../../../base/present.ts'
import type { BeamTree, Trace } from '../../../trace/data/trace.ts'
import { beamPicture } from '../../../trace/figure/pictures.ts'
import { Choice } from '../parts/choice.tsx'
import { PictureView } from '../parts/picture-view.tsx'
import type { View } from '../parts/view.ts'
import { useInteger, usePage, useTraceOf } from '../state/page.ts'

const beamCounts = Array.from({ length: 8 }, (_, i) => ({ value: i + 1, name: String(i + 1) }))
/** Default number of beams: enough to show branches, and few enough to see all of them. */
const SOME_BEAMS = 4
/** The number of steps drawn at a time. */
const STEPS = 24

function Beams() {
  const { run, exported, go, slide } = usePage()
  const asked = exported ? run : { ...run, beams: run.beams ?? SOME_BEAMS }
  const trace = useTraceOf(asked, { beamTree: true })
  const tree = trace?.beams ?? null
  const depth = tree ? tree.nodes.reduce((most, node) => Math.max(most, node.depth), 0) : Number.POSITIVE_INFINITY
  const first = useInteger('first', depth)
  const picture = useMemo(
    () => tree && beamPicture(present(trace), { first: first + 1, last: first + STEPS }),
    [trace, tree, first],
  )
  return (
    <>
      <div class="controls">
        <Choice
          legend="Beams"
          options={beamCounts}
          chosen={tree?.beams ?? asked.beams ?? 1}
          isFixed={exported}
          onChoose={(beams) => go({ beams, first: undefined })}
        />
        <label>
          Length penalty α{' '}
          <input
            type="number"
            step={0.1}
            min={-5}
            max={5}
            disabled={exported}
            value={run.lengthPenalty ?? ''}
            placeholder="model’s"
            onChange={(event) => go({ penalty: event.currentTarget.value || undefined, first: undefined })}
          />
        </label>
        {depth > STEPS && Number.isFinite(depth) && (
          <>
            <button type="button" disabled={first === 0} onClick={() => slide({ first: Math.max(0, first - STEPS) })}>
              Earlier steps
            </button>
            <output>
              steps {first + 1} to {Math.min(depth, first + STEPS)} of {depth}
            </output>
            <button type="button" disabled={first + STEPS >= depth} onClick={() => slide({ first: first + STEPS })}>
              Later steps
            </button>
          </>
        )}
      </div>
      {tree && <Results tree={tree} end={present(trace).source.ids.at(-1)} />}
      {trace?.beams && <InOnePass trace={trace} tree={trace.beams} />}
      {picture && <PictureView picture={picture} />}
    </>
  )
}

/** The finished hypotheses as texts, best first. Sources end with the same token. */
function Results({ tree: { nodes, results }, end }: { tree: BeamTree; end?: number }) {
  return (
    <table class="results">
      <thead>
        <tr>
          <th scope="col">place</th>
          <th scope="col">score</th>
          <th scope="col">log-probability</th>
          <th scope="col">tokens</th>
          <th scope="col">text</th>
        </tr>
      </thead>
      <tbody>
        {results.map((result, place) => {
          const path: number[] = []
          for (let node = result; node > 0; node = nodes[node].parent) path.unshift(node)
          const text = path.filter((node) => nodes[node].id !== end).map((node) => nodes[node].token)
          return (
            <tr key={result} data-result={place}>
              <td>{place + 1}</td>
              <td>{nodes[result].score.toFixed(4).replace('-', '−')}</td>
              <td>{nodes[result].sum.toFixed(4).replace('-', '−')}</td>
              <td>{path.length}</td>
              <td dir="auto">{text.join('').replaceAll('▁', ' ').trim()}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

/** The reason why other views may show another log-probability for the best result: they compute it in one pass. */
function InOnePass({ trace: { steps, model }, tree: { nodes, results } }: { trace: Trace; tree: BeamTree }) {
  if (model.precision === 'float32' || results.length === 0 || steps.some(({ forced }) => forced)) return null
  const inOnePass = steps.reduce((sum, { chosen }) => sum + chosen.logProbability, 0).toFixed(4)
  if (inOnePass === nodes[results[0]].sum.toFixed(4)) return null
  return (
    <p class="quiet">
      In {model.precision} the search keeps keys and values in bfloat16. Decoding and Experiment read the best result in
      one pass without that, and find a log-probability of {inOnePass.replace('-', '−')}.
    </p>
  )
}

export const beamTreeView: View = {
  name: 'beams',
  title: 'Beam tree',
  note: 'Every hypothesis that a beam search looked at: a column for each step, the highest sum of log-probabilities on top, and below what fell out. The best score is the best of what was looked at: it does not prove that there is none better, nor that it is the best translation.',
  Show: Beams,
}
