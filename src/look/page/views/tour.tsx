import type { ComponentType } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { confidencePicture } from '../../../trace/figure/pictures.ts'
import { shownTokens } from '../../../trace/figure/tokens.ts'
import { PartPanel } from '../parts/part-panel.tsx'
import { PictureView } from '../parts/picture-view.tsx'
import { SentenceInput } from '../parts/sentence-input.tsx'
import type { View } from '../parts/view.ts'
import { addressText, changed } from '../state/address.ts'
import { useInteger, usePage, useTrace, useTraceOf } from '../state/page.ts'
import { attentionView } from './attention.tsx'
import { beamTreeView } from './beam-tree.tsx'
import { decodingView } from './decoding.tsx'
import { LookedAt } from './head-effect.tsx'
import { headsView } from './heads.tsx'
import { machineView } from './machine.tsx'
import { AddAndNorm, HeadsJoined, Masking, MatrixForm, Targets } from './matrix-form.tsx'
import { neuronView } from './neuron.tsx'
import { positionsView } from './positions.tsx'
import { whyView } from './why.tsx'

/** A stop of the tour, in the order of The Illustrated Transformer. */
export interface Stop {
  title: string
  /** One sentence about what is shown. */
  says: string
  /** One thing to try. */
  attempt: string
  /** Parameters of the address with which the stop opens. */
  opens: Readonly<Record<string, string>>
  Show: ComponentType
}

/** The Z of each head and how they are joined, above the heads of all layers. */
const ManyHeads = () => (
  <>
    <HeadsJoined />
    <headsView.Show />
  </>
)

/** The embedding of each token of the side that the model reads first. */
function Embedding() {
  const trace = useTrace()
  const part = trace && trace.model.encoder.layers > 0 ? 'encoder.embedding' : 'decoder.embedding'
  return trace && <PartPanel part={part} tensor={part} />
}

export const stops: readonly Stop[] = [
  {
    title: 'The whole machine',
    says: 'A sentence enters a stack of encoders at the bottom left; a stack of decoders writes the translation, one token after the other.',
    attempt: 'Click a part of the picture, and see the numbers that it gives for your sentence.',
    opens: {},
    Show: machineView.Show,
  },
  {
    title: 'Embedding',
    says: 'Each token becomes a row of numbers: the same row for the same token, wherever it stands.',
    attempt: 'Type a sentence above that has one word twice, run it, and compare the two rows.',
    opens: {},
    Show: Embedding,
  },
  {
    title: 'Self-attention',
    says: 'Each token looks at all tokens of its sentence and takes a weighted mean of their values.',
    attempt: 'Click a token on the left: its lines show where it looks, a color for each head.',
    opens: { kind: 'encoder', layer: '0' },
    Show: attentionView.Show,
  },
  {
    title: 'Six steps',
    says: 'Self-attention of one token in six steps: query, key and value; scores; divided by √d; softmax; times the values; their sum.',
    attempt: 'Choose another query, and see which key has the highest score, and what is left of it after the softmax.',
    opens: { kind: 'encoder', layer: '0' },
    Show: neuronView.Show,
  },
  {
    title: 'Matrix form',
    says: 'All tokens at once: the rows of X times three matrices of weights are Q, K and V, and softmax(QKᵀ/√d)·V is Z.',
    attempt: 'Choose another head: X stays as it is, and all that comes of it changes.',
    opens: { layer: '0' },
    Show: MatrixForm,
  },
  {
    title: 'Many heads',
    says: 'Each layer looks several times at once, each head with a query, key and value of its own; their Zs are joined, and multiplied with Wᴼ.',
    attempt: 'Find a head that looks at the token before (P near 1), and click it.',
    opens: { kind: 'encoder' },
    Show: ManyHeads,
  },
  {
    title: 'Positions',
    says: 'Attention by itself does not know an order: the model tells it what stands where.',
    attempt: 'Compare what the model adds with the sines of the paper, and look how alike neighbours are.',
    opens: {},
    Show: positionsView.Show,
  },
  {
    title: 'Add and norm',
    says: 'Around every sub-layer goes what came in: both are added, and a norm keeps the sum in bounds.',
    attempt: 'Compare a row of x with the same row of the sum: how much has self-attention changed it?',
    opens: { layer: '0' },
    Show: AddAndNorm,
  },
  {
    title: 'Masking',
    says: 'The decoder may look only at what is written already: scores of later tokens become −∞ before the softmax.',
    attempt: 'Find the row of the first token: it can look at itself alone.',
    opens: {},
    Show: Masking,
  },
  {
    title: 'The decoder looks at the source',
    says: 'While it writes a word, the decoder looks at the encoder’s output: which source word does it read?',
    attempt: 'Click a word of the translation, then switch a head off, and read what the model says without it.',
    opens: {},
    Show: LookedAt,
  },
  {
    title: 'Linear and softmax',
    says: 'The last layer gives each token of the vocabulary a logit, and the softmax makes probabilities of them.',
    attempt: 'Click another token than the chosen one: the model goes on from there.',
    opens: {},
    Show: decodingView.Show,
  },
  {
    title: 'Targets',
    says: 'Training compares two distributions at each position: the target, which is 1 for the right token, and what the model gives.',
    attempt: 'Find a position where the trained model is not sure, and the token that it also thinks possible.',
    opens: {},
    Show: Targets,
  },
  {
    title: 'Training',
    says: 'Training changes the weights a little at a time, so that the token of a human translation becomes more probable: the loss is −log of that probability.',
    attempt:
      'Type how you would have translated the sentence, and see at which token the model would have learned most.',
    opens: {},
    Show: LossOf,
  },
  {
    title: 'Beam search',
    says: 'Several beginnings are kept at once, because the best first word does not always begin the best sentence.',
    attempt: 'Choose 8 beams, and see whether another translation ends first.',
    opens: { beams: '4' },
    Show: beamTreeView.Show,
  },
  {
    title: 'Why this word?',
    says: 'Because every sub-layer adds to what came in, the logit of a word is a sum of what all parts have written.',
    attempt: 'Click a word of the translation, and find the part that speaks for it most, and one against it.',
    opens: { by: 'direct' },
    Show: whyView.Show,
  },
]

/** Parameters that a stop opens with, and that the next one does not keep. */
const OF_STOP = {
  kind: undefined,
  layer: undefined,
  head: undefined,
  query: undefined,
  by: undefined,
  beams: undefined,
  part: undefined,
  off: undefined,
}

const Tour = () => <TourOf stops={stops} />

/** A tour of some stops, one at a time, which the address names by `stop`. */
export function TourOf({ stops }: { stops: readonly Stop[] }) {
  const { address, go } = usePage()
  const place = useInteger('stop', stops.length)
  const { title, says, attempt, Show } = stops[place]
  const to = (stop: number) => ({ ...OF_STOP, ...stops[stop].opens, stop })
  return (
    <div class="tour">
      <ol aria-label="Stops of the tour">
        {stops.map(({ title }, i) => (
          <li key={title}>
            <a href={addressText(changed(address, to(i)))} aria-current={i === place ? 'step' : undefined}>
              {title}
            </a>
          </li>
        ))}
      </ol>
      <section class="stop" aria-labelledby="stop-title">
        <h3 id="stop-title">
          {place + 1}. {title}
        </h3>
        <p>{says}</p>
        <p>
          <b>Try:</b> {attempt}
        </p>
        <div class="controls">
          <button type="button" disabled={place === 0} onClick={() => go(to(place - 1))}>
            Back
          </button>
          <button type="button" disabled={place === stops.length - 1} onClick={() => go(to(place + 1))}>
            Next
          </button>
        </div>
      </section>
      <div key={place}>
        <Show />
      </div>
    </div>
  )
}

export const tourView: View = {
  name: 'tour',
  title: 'Tour',
  note: 'Fifteen stops in the order of The Illustrated Transformer (Jay Alammar), on your own sentence: type one above. Each stop is a view of this page, which has a tab of its own.',
  Show: Tour,
}

/** The loss of a translation that the reader gives: the probability of each of its tokens, as training sees it. */
function LossOf() {
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
