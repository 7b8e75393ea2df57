import { useMemo } from 'preact/hooks'
import { attentionHeads } from '../../draw/attention-heads.ts'
import { attentionMatrix } from '../../draw/attention-matrix.ts'
import type { Trace } from '../../trace/trace.ts'
import { HeadToggles, headCountOf, KindChoice, LayerChoice, useAttention, useHeads } from '../attention-controls.tsx'
import { Choice, Tick } from '../choice.tsx'
import { useChoice, usePage, useTrace } from '../page.ts'
import { PictureView } from '../picture-view.tsx'
import { attentionPath, betweenGroups, type GroupedSide, headsOf, kindNames, meanOf, sidesOf } from '../sides.ts'
import type { View } from '../view.ts'

const shows = ['heads', 'matrix'] as const
const sums = ['each', 'mean'] as const

function Attention() {
  const plain = useTrace()
  return plain && <AttentionOf plain={plain} />
}

function AttentionOf({ plain }: { plain: Trace }) {
  const { address, go } = usePage()
  const { kind, layer } = useAttention(plain.model)
  const heads = useHeads(headCountOf(plain.model, kind))
  const show = useChoice('show', shows)
  const sum = useChoice('sum', sums)
  const [wholeWords, hideEnds] = [address.parameters.words === 'whole', address.parameters.ends === 'hidden']
  const path = attentionPath(kind, layer)
  const trace = useTrace({ tensors: [`${path}.weights`] })
  const shown = useMemo(() => {
    if (!trace) return null
    const { queries, keys } = sidesOf(trace, kind, { wholeWords, hideEnds })
    const width = trace.tensors[`${path}.weights`].shape[2]
    const weights = headsOf(trace, path).map((head) => betweenGroups(head, width, queries.groups, keys.groups))
    return { queries, keys, weights }
  }, [trace, kind, path, wholeWords, hideEnds])
  return (
    <>
      <div class="controls">
        <KindChoice model={plain.model} />
        <LayerChoice model={plain.model} />
        <HeadToggles count={headCountOf(plain.model, kind)} />
        <Choice
          legend="Weights"
          options={[
            { value: 'each', name: 'of each head' },
            { value: 'mean', name: 'mean' },
          ]}
          chosen={sum}
          onChoose={(sum) => go({ sum })}
        />
        <Choice
          legend="As"
          options={[
            { value: 'heads', name: 'lines' },
            { value: 'matrix', name: 'matrix' },
          ]}
          chosen={show}
          onChoose={(show) => go({ show })}
        />
        <Tick
          name="Hide the end token"
          checked={hideEnds}
          onChange={(now) => go({ ends: now ? 'hidden' : undefined })}
        />
        <Tick name="Whole words" checked={wholeWords} onChange={(now) => go({ words: now ? 'whole' : undefined })} />
      </div>
      {!shown ? null : heads.length === 0 ? (
        <p>No head is chosen.</p>
      ) : show === 'heads' ? (
        <Lines {...shown} heads={heads} mean={sum === 'mean'} title={`${kindNames[kind]}, layer ${layer}`} />
      ) : (
        <Matrices {...shown} heads={heads} mean={sum === 'mean'} title={`${kindNames[kind]}, layer ${layer}`} />
      )}
    </>
  )
}

interface Shown {
  queries: GroupedSide
  keys: GroupedSide
  weights: readonly Float32Array[]
  heads: readonly number[]
  mean: boolean
  title: string
}

/** The chosen token's place among the queries. */
function useChosenQuery(queries: GroupedSide): number | undefined {
  const { token } = usePage().address.parameters
  const place = queries.marks.findIndex((mark) => mark.split(' ').includes(token))
  return place < 0 ? undefined : place
}

function Lines({ queries, keys, weights, heads, mean, title }: Shown) {
  const query = useChosenQuery(queries)
  const headKey = heads.join()
  const drawn = useMemo(() => {
    const chosen = headKey.split(',').map(Number)
    const shown = mean ? [meanOf(chosen.map((head) => weights[head]))] : weights
    const sides = { title, queries, keys, weights: shown, query, width: 760, isNamed: false }
    return { shown, picture: attentionHeads(mean ? { ...sides, isMean: true } : { ...sides, heads: chosen }) }
  }, [queries, keys, weights, headKey, mean, title, query])
  const readout = (mark: DOMStringMap) =>
    readingOf(mark, { queries, keys }, mean ? [[0, 'mean']] : heads.map((head) => [head, `head ${head}`]), drawn.shown)
  return <PictureView picture={drawn.picture} readout={readout} />
}

function Matrices(props: Shown) {
  const { heads, mean } = props
  if (mean) return <Matrix {...props} name={null} />
  return (
    <div class="matrices">
      {heads.map((head) => (
        <Matrix key={head} {...props} heads={[head]} name={head} />
      ))}
    </div>
  )
}

/** `name`: the head; null: the mean of those that are chosen. */
function Matrix({ queries, keys, weights, heads, title, name }: Shown & { name: number | null }) {
  const { go } = usePage()
  const headKey = heads.join()
  const { values, picture } = useMemo(() => {
    const values = meanOf(headKey.split(',').map((head) => weights[Number(head)]))
    const called = name === null ? 'mean of heads' : `head ${name}`
    const width = name === null ? 900 : 620
    const picture = attentionMatrix({ title: `${title}, ${called}`, queries, keys, values, scale: 'weights', width })
    return { values, picture }
  }, [queries, keys, weights, headKey, title, name])
  const called = name === null ? 'mean' : `head ${name}`
  return (
    <figure>
      <figcaption>{name === null ? `Mean of heads ${heads.join(', ')}` : `Head ${name}`}</figcaption>
      <PictureView
        picture={picture}
        readout={(mark) => readingOf(mark, { queries, keys }, [[0, called]], [values])}
        cells={{ rows: queries.marks, columns: keys.marks }}
        onMark={({ token, query }) => go({ token: (token ?? query)?.split(' ')[0] })}
      />
    </figure>
  )
}

/** What is under the pointer in words: '▁suis → ▁étudiant: head 0 0.43'. */
function readingOf(
  { query, key }: DOMStringMap,
  { queries, keys }: { queries: GroupedSide; keys: GroupedSide },
  named: readonly (readonly [number, string])[],
  weights: readonly Float32Array[],
): string | null {
  const [q, k] = [queries.marks.indexOf(query ?? ''), keys.marks.indexOf(key ?? '')]
  if (q < 0 || k < 0) return null
  const numbers = named.map(([head, name]) => `${name} ${weights[head][q * keys.marks.length + k].toFixed(3)}`)
  return `${queries.tokens[q]} → ${keys.tokens[k]}: ${numbers.join(', ')}`
}

export const attentionView: View = {
  name: 'attention',
  title: 'Attention',
  note: 'How much of each key’s value flows to each query, by head: from the left to the right, or row to column. High weight says where a head reads, not why, and not that the output depends on it: values, Wᴼ and the residual count as well (the experiment takes heads away).',
  Show: Attention,
}
