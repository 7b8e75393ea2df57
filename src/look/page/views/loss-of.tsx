import { useMemo, useState } from 'preact/hooks'
import { confidencePicture } from '../../../trace/figure/pictures.ts'
import { shownTokens } from '../../../trace/figure/tokens.ts'
import { PictureView } from '../parts/picture-view.tsx'
import { SentenceInput } from '../parts/sentence-input.tsx'
import { usePage, useTrace, useTraceOf } from '../state/page.ts'

/** The loss of a translation that the reader gives: the probability of each of its tokens, as training sees it. */
export function LossOf() {
  const { address, run } = usePage()
  const plain = useTrace()
  const given = address.parameters.reference ?? plain?.target.text
  const trace = useTraceOf({ ...run, forced: [], ...(given !== undefined && { target: given }) })
  const picture = useMemo(() => trace && confidencePicture(trace), [trace])
  if (!trace || !picture || given === undefined) return null
  const losses = trace.steps.map(({ chosen }) => -chosen.logProbability)
  const worst = losses.indexOf(Math.max(...losses))
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / Math.max(1, losses.length)
  return (
    <>
      <Reference key={given} given={given} />
      <p class="why" role="status">
        The loss of <q dir="auto">{given}</q> is <b>{mean.toFixed(3)}</b> nats a token. The largest is that of{' '}
        <b>{shownTokens(trace.target)[worst]}</b>: {losses[worst].toFixed(2)}.
      </p>
      <PictureView picture={picture} />
    </>
  )
}

function Reference({ given }: { given: string }) {
  const { exported, go } = usePage()
  const [text, setText] = useState(given)
  return (
    <form
      class="source other"
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim() !== '') go({ reference: text })
      }}
    >
      <label for="reference">Your translation</label>
      <SentenceInput id="reference" text={text} exported={exported} onText={setText} />
      <button type="submit" disabled={exported || text === given || text.trim() === ''}>
        Measure
      </button>
    </form>
  )
}
