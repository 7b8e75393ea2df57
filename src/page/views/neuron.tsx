import { useMemo } from 'preact/hooks'
import { type MarkedToken, type NeuronDrawing, neuron } from '../../draw/neuron.ts'
import type { Trace, TracedTensor } from '../../trace/trace.ts'
import { useMedia } from '../media.ts'
import { useChoice, useInteger, usePage, useTrace } from '../page.ts'
import { PictureView } from '../picture-view.tsx'
import { shownToken } from '../token-strip.tsx'
import type { View } from '../view.ts'
import { NeuronNumbers } from './neuron-numbers.tsx'

const kinds = ['encoder', 'decoder', 'cross'] as const
type Kind = (typeof kinds)[number]
const kindNames = { encoder: 'encoder', decoder: 'decoder, its own past', cross: 'decoder, at the source' }

function Neuron() {
  const { address, go } = usePage()
  const kind = useChoice<Kind>('kind', kinds)
  const stack = kind === 'encoder' ? 'encoder' : 'decoder'
  const plain = useTrace()
  const layers = plain ? plain.model[stack].layers : Number.POSITIVE_INFINITY
  const heads = plain ? plain.model[stack].heads : Number.POSITIVE_INFINITY
  const layer = useInteger('layer', layers)
  const head = useInteger('head', heads)
  const path = `${stack}.${layer}.${kind === 'cross' ? 'crossAttention' : 'selfAttention'}`
  const trace = useTrace({ tensors: ['query', 'key', 'value'].map((name) => `${path}.${name}`) })
  const querySide = kind === 'encoder' ? 'source' : 'target'
  const [side, place] = (address.parameters.token ?? '').split(':')
  const queries = plain ? plain[querySide].tokens.length : Number.POSITIVE_INFINITY
  const chosen = side === querySide && Number(place) < queries ? Number(place) : 0
  const query = useInteger('query', queries, chosen)
  const drawing = useMemo(
    () => trace && drawingOf(trace, { kind, path, layer, head, query }),
    [trace, kind, path, layer, head, query],
  )
  const strip = useMedia('(max-width: 1120px)') ? 88 : 160
  const picture = useMemo(() => drawing && neuron({ ...drawing, strip }), [drawing, strip])
  if (!plain) return null
  const count = (n: number) => Array.from({ length: n }, (_, i) => i)
  return (
    <>
      <div class="controls">
        <label>
          Attention{' '}
          <select
            value={kind}
            onChange={(event) =>
              go({ kind: event.currentTarget.value, layer: undefined, head: undefined, query: undefined })
            }
          >
            {kinds.map((each) => (
              <option key={each} value={each}>
                {kindNames[each]}
              </option>
            ))}
          </select>
        </label>
        <label>
          Layer{' '}
          <select value={layer} onChange={(event) => go({ layer: event.currentTarget.value })}>
            {count(layers).map((i) => (
              <option key={i} value={i}>
                {i}
              </option>
            ))}
          </select>
        </label>
        <label>
          Head{' '}
          <select value={head} onChange={(event) => go({ head: event.currentTarget.value })}>
            {count(heads).map((i) => (
              <option key={i} value={i}>
                {i}
              </option>
            ))}
          </select>
        </label>
        <label>
          Query{' '}
          <select value={query} onChange={(event) => go({ query: event.currentTarget.value })}>
            {plain[querySide].tokens.map((_, i) => (
              <option key={i} value={i}>
                {i}: {queryToken(plain, kind, i)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {picture && drawing && (
        <>
          <PictureView picture={picture} />
          <NeuronNumbers drawing={drawing} />
        </>
      )}
    </>
  )
}

/** What stands at a query. A decoder's reads the token before the one that it leads to. */
function queryToken({ source, target }: Trace, kind: Kind, i: number): string {
  if (kind === 'encoder') return shownToken(source.tokens[i])
  return `${shownToken(target.inputs.tokens[i])} → ${shownToken(target.tokens[i])}`
}

interface Chosen {
  kind: Kind
  path: string
  layer: number
  head: number
  query: number
}

function drawingOf(trace: Trace, { kind, path, layer, head, query }: Chosen): NeuronDrawing {
  const { heads, dHead } = trace.model[kind === 'encoder' ? 'encoder' : 'decoder']
  const rowsOf = ({ shape: [rows], values }: TracedTensor) =>
    Array.from({ length: rows }, (_, row) => {
      const from = row * heads * dHead + head * dHead
      return values.subarray(from, from + dHead)
    })
  const names = { encoder: 'Encoder', decoder: 'Decoder, self-attention', cross: 'Decoder, cross-attention' }
  return {
    where: `${names[kind]}, layer ${layer}, head ${head}`,
    query: { token: queryToken(trace, kind, query), mark: `${kind === 'encoder' ? 'source' : 'target'}:${query}` },
    keys: kind === 'decoder' ? inputsOf(trace) : sourceOf(trace),
    q: rowsOf(trace.tensors[`${path}.query`])[query],
    k: rowsOf(trace.tensors[`${path}.key`]),
    v: rowsOf(trace.tensors[`${path}.value`]),
    ...(kind === 'decoder' && { visible: query + 1 }),
  }
}

const sourceOf = ({ source }: Trace): MarkedToken[] =>
  source.tokens.map((token, i) => ({ token: shownToken(token), mark: `source:${i}` }))

/** What the decoder reads: behind the start, its tokens one place later than it says them. */
const inputsOf = ({ target: { inputs } }: Trace): MarkedToken[] =>
  inputs.tokens.map((token, i) => ({ token: shownToken(token), mark: i ? `target:${i - 1}` : 'start' }))

export const neuronView: View = {
  name: 'neuron',
  title: 'Neuron view',
  note: 'One query of one head in six steps, computed on this page from the q, k and v of the model: each k is multiplied with q, the products are summed, divided and put through softmax, and the values are added up by these weights. It shows how the weights come about; it does not show what a dimension means, nor that the output depends on this head.',
  Show: Neuron,
}
