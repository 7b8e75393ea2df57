import { useMemo, useState } from 'preact/hooks'
import type { Trace, TracedText } from '../../../trace/data/trace.ts'
import { confidencePicture, distributionPicture } from '../../../trace/figure/pictures.ts'
import { shownTokens } from '../../../trace/figure/tokens.ts'
import { differences } from '../parts/differences.ts'
import { PictureView } from '../parts/picture-view.tsx'
import { SentenceInput } from '../parts/sentence-input.tsx'
import type { View } from '../parts/view.ts'
import { useChoice, usePage, useTraceOf } from '../state/page.ts'
import { interventionsText, type Run } from '../state/run.ts'
import { HeadsOff } from './heads-off.tsx'

/** The unchanged run beside the changed one: another source, another model, heads off, tokens forced. */
function Experiment() {
  const { run, address, data, exported, go } = usePage()
  const model = useChoice('otherModel', [run.model, ...data.models.filter((name) => name !== run.model)])
  const source = address.parameters.other ?? run.source
  const plain: Run = { ...run, headsOff: [], forced: [] }
  const isSame = model === run.model && source === run.source
  const changed: Run = {
    ...run,
    model,
    source,
    ...(model !== run.model && { headsOff: [] }),
    ...(!isSame && { forced: [] }),
  }
  const before = useTraceOf(plain)
  const after = useTraceOf(changed)
  const isChanged = !isSame || changed.headsOff.length > 0 || changed.forced.length > 0
  return (
    <>
      <div class="controls">
        <OtherSource key={source} source={source} />
        {data.models.length > 1 && (
          <label>
            Model on the right{' '}
            <select
              value={model}
              disabled={exported}
              onChange={(event) => go({ otherModel: event.currentTarget.value, off: undefined })}
            >
              {data.models.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        )}
      </div>
      {before && model === run.model && <HeadsOff model={before.model} />}
      {before && after && (
        <Compared before={before} after={isChanged ? after : null} runs={[plain, changed]} linked={isSame ? 1 : 0} />
      )}
    </>
  )
}

function OtherSource({ source }: { source: string }) {
  const { run, exported, go } = usePage()
  const [text, setText] = useState(source)
  return (
    <form
      class="source other"
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim() !== '') go({ other: text === run.source ? undefined : text, force: undefined })
      }}
    >
      <label for="other-source">Sentence on the right</label>
      <SentenceInput id="other-source" text={text} exported={exported} onText={setText} />
      <button type="submit" disabled={exported || text === source || text.trim() === ''}>
        Compare
      </button>
    </form>
  )
}

interface ComparedProps {
  before: Trace
  /** Null: nothing is changed. */
  after: Trace | null
  runs: readonly [Run, Run]
  /** The run whose tokens are above all views. */
  linked: 0 | 1
}

function Compared({ before, after, runs, linked }: ComparedProps) {
  const sources = after && differences(before.source.tokens, after.source.tokens)
  const targets = after && differences(before.target.tokens, after.target.tokens)
  const first = after && firstDifference(before.target.tokens, after.target.tokens)
  return (
    <>
      <div class="compared">
        <Side
          name="As it is"
          run={runs[0]}
          trace={before}
          source={sources?.gone}
          target={targets?.gone}
          isLinked={linked === 0 || !after}
        />
        {after ? (
          <Side
            name="Changed"
            run={runs[1]}
            trace={after}
            source={sources?.added}
            target={targets?.added}
            isLinked={linked === 1}
          />
        ) : (
          <p class="quiet">Nothing is changed yet: switch a head off, or give another sentence or model.</p>
        )}
      </div>
      {after && targets && (
        <p role="status">
          {targets.gone.size + targets.added.size === 0
            ? 'Both translations have the same tokens.'
            : `${targets.gone.size} of ${before.target.tokens.length} tokens went, ${targets.added.size} of ${after.target.tokens.length} came new.`}
        </p>
      )}
      {after && first !== null && (
        <>
          <h3>Where they part: step {first + 1}</h3>
          <div class="compared steps">
            <StepOf trace={before} run={runs[0]} step={first} />
            <StepOf trace={after} run={runs[1]} step={first} />
          </div>
        </>
      )}
    </>
  )
}

interface SideProps {
  name: string
  run: Run
  trace: Trace
  /** Indices of tokens that the other side lacks. */
  source?: ReadonlySet<number>
  target?: ReadonlySet<number>
  isLinked: boolean
}

function Side({ name, run, trace, source, target, isLinked }: SideProps) {
  const picture = useMemo(() => confidencePicture(trace, { side: isLinked ? 'target' : 'other' }), [trace, isLinked])
  const total = trace.steps.reduce((sum, { chosen }) => sum + chosen.logProbability, 0)
  const changes = [...headsOffIn(run), ...run.forced.map(({ step }) => `token ${step + 1} forced`)]
  return (
    <section class="side" aria-label={name}>
      <h3>{name}</h3>
      <p class="quiet">
        {run.model}
        {changes.length > 0 && `: ${changes.join('; ')}`}
      </p>
      <Tokens label={`${name}: source`} text={trace.source} marked={source} side={isLinked ? 'source' : undefined} />
      <Tokens
        label={`${name}: translation`}
        text={trace.target}
        marked={target}
        side={isLinked ? 'target' : undefined}
      />
      <PictureView picture={picture} />
      <p class="quiet">
        log-probability in one pass {total.toFixed(4).replace('-', '−')} in all,{' '}
        {(total / Math.max(1, trace.steps.length)).toFixed(3).replace('-', '−')} for each token
      </p>
    </section>
  )
}

/** 'decoder.1.crossAttention without heads 1 and 3'. */
function headsOffIn({ headsOff }: Run): string[] {
  const paths = [...new Set(headsOff.map(({ attention }) => attention))]
  return paths.map((path) => {
    const heads = headsOff.filter(({ attention }) => attention === path).map(({ head }) => head)
    return `${path} without ${heads.length === 1 ? 'head' : 'heads'} ${heads.sort((a, b) => a - b).join(', ')}`
  })
}

interface TokensProps {
  label: string
  text: TracedText
  marked?: ReadonlySet<number>
  /** The prefix of the tokens in `data-token`, by which they are linked. */
  side?: 'source' | 'target'
}

function Tokens({ label, text, marked, side }: TokensProps) {
  return (
    <ul class="tokens" aria-label={label} dir="auto">
      {shownTokens(text).map((token, i) => {
        const shown = <bdi>{token}</bdi>
        return (
          <li key={i} class="token" data-token={side && `${side}:${i}`}>
            {marked?.has(i) ? <mark>{shown}</mark> : shown}
          </li>
        )
      })}
    </ul>
  )
}

/** A step of one side; a click on it opens that side's decoding at the step. */
function StepOf({ trace, run, step }: { trace: Trace; run: Run; step: number }) {
  const { go } = usePage()
  const picture = useMemo(() => step < trace.steps.length && distributionPicture(trace, step), [trace, step])
  const open = () => {
    const { model, source } = run
    go({ model, source, ...interventionsText(run), other: undefined, otherModel: undefined, step }, 'decoding')
  }
  return picture ? (
    <PictureView picture={picture} fit="shrink" onMark={open} />
  ) : (
    <p class="quiet">It has ended here.</p>
  )
}

/** The first index where two lists differ, or null. */
function firstDifference(before: readonly string[], after: readonly string[]): number | null {
  const length = Math.max(before.length, after.length)
  for (let i = 0; i < length; i++) if (before[i] !== after[i]) return i
  return null
}

export const experimentView: View = {
  name: 'experiment',
  title: 'Experiment',
  note: 'The same model twice, as it is and with a change: heads off, another sentence, another model. Differences are marked. A head without which nothing changes may still be in use, since others can stand in for it; and what changes for one sentence need not change for the next.',
  Show: Experiment,
}
