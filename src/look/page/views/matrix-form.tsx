import { useMemo } from 'preact/hooks'
import { operationsOf } from '../../../base/choices/norm-order.ts'
import { present } from '../../../base/present.ts'
import { equation, type MatrixTerm, type Term } from '../../../draw/equation.ts'
import { matrix } from '../../../draw/marks/matrix.ts'
import { numberName } from '../../../draw/marks/numbers.ts'
import { sideOf } from '../../../draw/marks/side.ts'
import type { Trace, TracedModel } from '../../../trace/data/trace.ts'
import { attentionName, attentionView, outputSide } from '../../../trace/figure/attention.ts'
import { pieceNames, shownTokens } from '../../../trace/figure/tokens.ts'
import { attentionKindsOf, layersOf } from '../parts/attention-controls.tsx'
import { Choice, numbered } from '../parts/choice.tsx'
import { NARROW, useMedia } from '../parts/media.ts'
import { PictureView } from '../parts/picture-view.tsx'
import { useInteger, usePage, useTrace } from '../state/page.ts'

// Figures of The Illustrated Transformer in which a layer is a product of matrices, with the numbers of the page's sentence.

/** The self-attention that the figures show: of the encoder, or of the decoder where it is alone. */
const sideShown = (model: TracedModel) => (attentionKindsOf(model).includes('encoder') ? 'encoder' : 'decoder')

interface Shown {
  trace: Trace
  side: 'encoder' | 'decoder'
  layer: number
  head: number
  width: number
}

/** Equations of one layer and head, with what chooses these. */
function Equations({ ofHead, tensors, of }: EquationsProps) {
  const plain = useTrace()
  return plain && <EquationsOf plain={plain} ofHead={ofHead} tensors={tensors} of={of} />
}

interface EquationsProps {
  /** Whether the equations are of one head. */
  ofHead: boolean
  /** The tensors of a layer that are shown. */
  tensors(layer: string, order: TracedModel['norm']['order']): readonly string[]
  of(shown: Shown): { title: string; terms: readonly Term[] }[]
}

function EquationsOf({ plain, ofHead, tensors, of }: EquationsProps & { plain: Trace }) {
  const { go } = usePage()
  const { model } = plain
  const side = sideShown(model)
  const hasAttention = attentionKindsOf(model).includes(side)
  const layers = layersOf(model, side)
  const layer = useInteger('layer', layers, 0)
  const heads = model[side].heads
  const head = useInteger('head', heads, 0)
  const trace = useTrace({ tensors: hasAttention ? tensors(`${side}.${layer}`, model.norm.order) : [] })
  const width = useMedia(NARROW) ? 340 : 1080
  const pictures = useMemo(
    () =>
      trace && hasAttention
        ? of({ trace, side, layer, head, width }).map(({ title, terms }) => equation(title, terms, width))
        : [],
    [trace, side, layer, head, width],
  )
  if (!hasAttention) return <p class="quiet">This model has no self-attention.</p>
  return (
    <>
      <div class="controls">
        <Choice legend="Layer" options={numbered(layers)} chosen={layer} onChoose={(layer) => go({ layer })} />
        {ofHead && <Choice legend="Head" options={numbered(heads)} chosen={head} onChoose={(head) => go({ head })} />}
      </div>
      {pictures.map((picture) => (
        <figure key={picture.title} class="equation">
          <figcaption>{picture.title}</figcaption>
          <PictureView picture={picture} />
        </figure>
      ))}
    </>
  )
}

/** X·W = Q, K and V, and softmax(QKᵀ/√d)·V = Z, of one head. */
export const MatrixForm = () => (
  <Equations
    ofHead
    tensors={(layer, order) => [
      inputOf(layer, order),
      ...['query', 'key', 'value', 'weights', 'heads'].map((name) => `${layer}.selfAttention.${name}`),
      ...['query', 'key', 'value'].map((name) => `${layer}.selfAttention.${name}.weight`),
    ]}
    of={({ trace, side, layer, head }) => {
      const name = `${side}.${layer}`
      const x = whole('X', trace, inputOf(name, trace.model.norm.order))
      const part = (letter: string, what: string) =>
        ofHeadOf(letter, trace, `${name}.selfAttention.${what}`, { heads: trace.model[side].heads, head })
      const [q, k, v, z] = [part('Q', 'query'), part('K', 'key'), part('V', 'value'), part('Z', 'heads')]
      const view = attentionView(trace, side, layer)
      const weights = {
        name: 'weights',
        rows: q.rows,
        columns: k.rows,
        values: view.heads[head],
        scale: 'weights',
        place: { tensor: `${name}.selfAttention.weights`, head },
      } as const
      const weight = (letter: string, what: string) =>
        learnedOf(`W ${letter}`, trace, `${name}.selfAttention.${what}.weight`, {
          heads: trace.model[side].heads,
          head,
        })
      return [
        { title: 'Step 1: queries', terms: [x, '×', weight('Q', 'query'), '=', q] },
        { title: 'Step 1: keys', terms: [x, '×', weight('K', 'key'), '=', k] },
        { title: 'Step 1: values', terms: [x, '×', weight('V', 'value'), '=', v] },
        {
          title: `Steps 2 to 4: scores, divided by √${q.columns}, through softmax`,
          terms: ['softmax (', q, '×', transposed('Kᵀ', k), `/ √${q.columns} ) =`, weights],
        },
        { title: 'Steps 5 and 6: the weighted sum of the values', terms: [weights, '×', v, '=', z] },
      ]
    }}
  />
)

/** The Z of each head, side by side, times Wᴼ. */
export const HeadsJoined = () => (
  <Equations
    ofHead={false}
    tensors={(layer) => ['heads', 'output', 'output.weight'].map((name) => `${layer}.selfAttention.${name}`)}
    of={({ trace, side, layer }) => {
      const { heads } = trace.model[side]
      const name = `${side}.${layer}.selfAttention`
      const z = whole('Z', trace, `${name}.output`)
      const all = whole('all Z', trace, `${name}.heads`)
      return [
        {
          title: 'Each head computes a Z of its own',
          terms: Array.from({ length: heads }, (_, head) =>
            ofHeadOf(`Z${subscript(head)}`, trace, `${name}.heads`, { heads, head }),
          ),
        },
        {
          title: 'They stand side by side, times one more matrix of weights',
          terms: [all, '×', learnedOf('W O', trace, `${name}.output.weight`), '=', z],
        },
      ]
    }}
  />
)

/** x + z through the norm, around self-attention. */
export const AddAndNorm = () => (
  <Equations
    ofHead={false}
    tensors={(layer, order) => [`${layer}.input`, `${layer}.selfAttention.output`, ...normedOf(layer, order)]}
    of={({ trace, side, layer }) => {
      const name = `${side}.${layer}`
      const { order } = trace.model.norm
      const x = whole('x', trace, `${name}.input`)
      const z = whole('self-attention(x)', trace, `${name}.selfAttention.output`)
      const sum = {
        ...x,
        name: 'sum',
        place: { tensor: `${name}.selfAttentionNorm.sum` },
        values: Float32Array.from(x.values, (value, i) => value + z.values[i]),
      }
      const [normed] = normedOf(name, order).map((each) => whole('output', trace, each))
      const add = { title: 'Add: what comes in goes around the sub-layer', terms: [x, '+', z, '=', sum] }
      if (!normed) return [add]
      return operationsOf(order).after.includes('n')
        ? [
            add,
            {
              title: 'Norm: each row to mean 0 and variance 1, then scaled',
              terms: ['LayerNorm (', sum, ') =', normed],
            },
          ]
        : [
            {
              title: 'Norm: before the sub-layer in this model',
              terms: ['LayerNorm (', x, ') =', { ...normed, name: 'normed' }],
            },
            { ...add, terms: [x, '+', { ...z, name: 'self-attention(normed)' }, '=', sum] },
          ]
    }}
  />
)

/** The decoder's scores before and after the mask, and the weights that are left. */
export function Masking() {
  const plain = useTrace()
  return plain && <MaskingOf model={plain.model} />
}

function MaskingOf({ model }: { model: TracedModel }) {
  const { go } = usePage()
  const hasAttention = attentionKindsOf(model).includes('decoder')
  const head = useInteger('head', model.decoder.heads, 0)
  const name = attentionName('decoder', 0)
  const trace = useTrace({ tensors: hasAttention ? values.map(({ of }) => `${name}.${of}`) : [] })
  const pictures = useMemo(
    () =>
      (trace && hasAttention ? values : []).map(({ of, title, scale }) => {
        const { queries, keys, heads } = attentionView(present(trace), 'decoder', 0, of)
        return matrix({
          title,
          description: `Head ${head} of the decoder's first layer: a row for each token that looks, a column for each that is looked at.`,
          rows: queries,
          columns: keys,
          values: heads[head],
          scale,
          captions: { columns: 'looked at', rows: 'looks' },
          marks: (row, column) => ({ 'data-number': numberName(`${name}.${of}`, [head, row, column]) }),
          width: 360,
        })
      }),
    [trace, head],
  )
  if (!hasAttention) return <p class="quiet">The decoder of this model has no self-attention that could be masked.</p>
  return (
    <>
      <div class="controls">
        <Choice legend="Head" options={numbered(model.decoder.heads)} chosen={head} onChoose={(head) => go({ head })} />
      </div>
      <div class="matrices">
        {pictures.map((picture) => (
          <figure key={picture.title}>
            <figcaption>{picture.title}</figcaption>
            <PictureView picture={picture} fit="shrink" />
          </figure>
        ))}
      </div>
    </>
  )
}

const values = [
  { of: 'scaledScores', title: 'Scores', scale: 'signed' },
  { of: 'maskedScores', title: 'Later tokens masked: −∞', scale: 'signed' },
  { of: 'weights', title: 'Softmax: they get no weight', scale: 'weights' },
] as const

/** The one-hot target of each position, and the distribution that the trained model gives. */
export function Targets() {
  const trace = useTrace()
  return trace && trace.steps.length > 0 ? <TargetMatrices trace={trace} /> : null
}

/** The same of a trace whose target is the right one. */
export function TargetMatrices({ trace }: { trace: Trace }) {
  const pictures = useMemo(() => targetsOf(trace), [trace])
  return (
    <div class="matrices">
      {pictures.map((picture) => (
        <figure key={picture.title}>
          <figcaption>{picture.title}</figcaption>
          <PictureView picture={picture} fit="shrink" />
        </figure>
      ))}
    </div>
  )
}

function targetsOf(trace: Trace) {
  const ids = [...new Set(trace.target.ids)]
  const names = pieceNames(trace)
  const shown = shownTokens(trace.target)
  const columns = sideOf(
    'target',
    ids.map((id) => shown[trace.target.ids.indexOf(id)] ?? names(String(id))),
  )
  const rows = outputSide(trace.target)
  const cells = (of: (step: number, id: number) => number) =>
    Float32Array.from({ length: rows.tokens.length * ids.length }, (_, i) =>
      of(Math.floor(i / ids.length), ids[i % ids.length]),
    )
  const drawing = {
    rows,
    columns,
    scale: 'weights',
    captions: { columns: 'vocabulary', rows: 'position' },
    marks: () => ({}),
    width: 520,
  } as const
  const probability = (step: number, id: number) => {
    const { top, chosen } = trace.steps[step]
    const found = chosen.id === id ? chosen : top.find((each) => each.id === id)
    return found ? Math.exp(found.logProbability) : 0
  }
  return [
    {
      title: 'The target: one-hot, 1 for the right token and 0 for all others',
      values: cells((step, id) => (trace.target.ids[step] === id ? 1 : 0)),
      description:
        'A row for each position of the translation, a column for each token of it; one cell of each row is 1.',
    },
    {
      title: 'The output of the model: a probability for each token',
      values: cells(probability),
      description: 'The same rows and columns, with the probabilities that the model gives.',
    },
  ].map((each) => matrix({ ...drawing, ...each }))
}

/** The input of self-attention: that of the layer, or its norm. */
const inputOf = (layer: string, order: TracedModel['norm']['order']) =>
  operationsOf(order).before.includes('n') ? normedOf(layer, order)[0] : `${layer}.input`

/** The norm of self-attention that is shown: after it, or else before it; none where the model has none. */
const normedOf = (layer: string, order: TracedModel['norm']['order']): string[] => {
  const { before, after } = operationsOf(order)
  return before.includes('n') || after.includes('n') ? [`${layer}.selfAttentionNorm.normed`] : []
}

function whole(name: string, { tensors }: Trace, tensor: string): MatrixTerm {
  const {
    shape: [rows, columns],
    values,
  } = tensors[tensor]
  return { name, rows, columns, values, place: { tensor } }
}

/** One of the heads of an attention. */
interface OneHead {
  heads: number
  head: number
}

/** The columns of one head. */
function ofHeadOf(name: string, { tensors }: Trace, tensor: string, { heads, head }: OneHead): MatrixTerm {
  const {
    shape: [rows, all],
    values,
  } = tensors[tensor]
  const columns = all / heads
  const own = Float32Array.from(
    { length: rows * columns },
    (_, i) => values[Math.floor(i / columns) * all + head * columns + (i % columns)],
  )
  return { name, rows, columns, values: own, place: { tensor, column: head * columns } }
}

/** A weight [outputs, inputs] as it stands in an equation, [inputs, outputs]: all of it, or the outputs of one head. */
function learnedOf(
  name: string,
  { tensors }: Trace,
  tensor: string,
  { heads, head }: OneHead = { heads: 1, head: 0 },
): MatrixTerm {
  const {
    shape: [outputs, inputs],
    values,
  } = tensors[tensor]
  const columns = outputs / heads
  const first = head * columns
  const own = values.subarray(first * inputs, (first + columns) * inputs)
  const place = { tensor, row: first, isTurned: true }
  return { ...transposed(name, { name, rows: columns, columns: inputs, values: own }), isLearned: true, place }
}

const transposed = (name: string, { rows, columns, values, place }: MatrixTerm): MatrixTerm => ({
  name,
  rows: columns,
  columns: rows,
  ...(place && { place: { ...place, isTurned: true } }),
  values: Float32Array.from({ length: rows * columns }, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]),
})

const subscript = (number: number) => String(number).replace(/\d/g, (digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)])
