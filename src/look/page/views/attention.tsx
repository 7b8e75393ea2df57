import { useMemo } from 'preact/hooks'
import { attentionHeads } from '../../../draw/attention-heads.ts'
import { attentionMatrix } from '../../../draw/attention-matrix.ts'
import type { Trace } from '../../../trace/data/trace.ts'
import {
  type AttentionView,
  attentionName,
  attentionView as attentionOf,
  averaged,
  withoutEnd,
} from '../../../trace/figure/attention.ts'
import { pixelsOf } from '../../../trace/figure/pixels.ts'
import { mergedWords } from '../../../trace/figure/words.ts'
import {
  HeadToggles,
  headCountOf,
  KindChoice,
  kindNames,
  LayerChoice,
  useAttention,
  useHeads,
} from '../parts/attention-controls.tsx'
import { Choice, Tick } from '../parts/choice.tsx'
import { NARROW, useMedia } from '../parts/media.ts'
import { PictureView } from '../parts/picture-view.tsx'
import { PixelHeads } from '../parts/pixel-heads.tsx'
import type { View } from '../parts/view.ts'
import { useChoice, usePage, useTrace } from '../state/page.ts'
import { AllHeads } from './heads.tsx'

const shows = ['heads', 'matrix', 'layers', 'pixels'] as const
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
  const image = useMemo(() => pixelsOf(plain), [plain])
  // Attention to the source is to its pixels; where whole words are shown, tokens are no pixels.
  const isSeen = image && !wholeWords && (image.side === 'source' ? kind !== 'decoder' : kind === 'decoder')
  const pixels = isSeen ? image : null
  const trace = useTrace({ tensors: [`${attentionName(kind, layer)}.weights`] })
  const shown = useMemo(() => {
    if (!trace) return null
    const whole = attentionOf(trace, kind, layer)
    const ended = hideEnds ? withoutEnd(whole, trace) : whole
    return wholeWords ? mergedWords(ended, trace) : ended
  }, [trace, kind, layer, wholeWords, hideEnds])
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
            { value: 'layers', name: 'all layers' },
            ...(pixels ? [{ value: 'pixels', name: 'pixels' } as const] : []),
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
      {show === 'layers' ? (
        <AllHeads plain={plain} />
      ) : !shown ? null : heads.length === 0 ? (
        <p>No head is chosen.</p>
      ) : show === 'pixels' && pixels ? (
        <Pixels
          view={shown}
          pixels={pixels}
          heads={heads}
          mean={sum === 'mean'}
          title={`${kindNames[kind]}, layer ${layer}`}
        />
      ) : show === 'heads' ? (
        <Lines view={shown} heads={heads} mean={sum === 'mean'} title={`${kindNames[kind]}, layer ${layer}`} />
      ) : (
        <Matrices view={shown} heads={heads} mean={sum === 'mean'} title={`${kindNames[kind]}, layer ${layer}`} />
      )}
    </>
  )
}

interface Shown {
  view: AttentionView
  heads: readonly number[]
  mean: boolean
  title: string
}

/** The mean of some heads, as a single matrix. */
const meanOf = (view: AttentionView, heads: readonly number[]) =>
  averaged({ ...view, heads: heads.map((head) => view.heads[head]) })

/** The index of the chosen token among the queries. */
function useChosenQuery({ queries }: AttentionView): number | undefined {
  const { token } = usePage().address.parameters
  const place = queries.marks.findIndex((mark) => mark.split(' ').includes(token))
  return place < 0 ? undefined : place
}

const headsIn = (text: string) => text.split(',').map(Number)

function Lines({ view, heads, mean, title }: Shown) {
  const query = useChosenQuery(view)
  const chosen = heads.join()
  const width = useMedia(NARROW) ? 362 : 760
  const drawn = useMemo(() => {
    const shown = mean ? meanOf(view, headsIn(chosen)) : view
    const { queries, keys, heads: weights } = shown
    const picture = { title, queries, keys, weights, query, width, isNamed: false }
    return {
      shown,
      picture: attentionHeads(mean ? { ...picture, isMean: true } : { ...picture, heads: headsIn(chosen) }),
    }
  }, [view, chosen, mean, title, query, width])
  const named = mean ? [{ name: 'mean', head: 0 }] : heads.map((head) => ({ name: `head ${head}`, head }))
  return <PictureView picture={drawn.picture} readout={(mark) => readingOf(mark, drawn.shown, named)} />
}

function Pixels({ view, pixels, heads, mean, title }: Shown & { pixels: NonNullable<ReturnType<typeof pixelsOf>> }) {
  const chosen = heads.join()
  const shown = useMemo(() => (mean ? meanOf(view, headsIn(chosen)) : view), [view, chosen, mean])
  const named = useMemo(
    () => (mean ? [{ name: 'mean', head: 0 }] : headsIn(chosen).map((head) => ({ name: `head ${head}`, head }))),
    [chosen, mean],
  )
  return <PixelHeads view={shown} pixels={pixels} heads={named} title={title} />
}

function Matrices(props: Shown) {
  const { heads, mean } = props
  if (mean) return <Matrix {...props} name={`Mean of heads ${heads.join(', ')}`} />
  return (
    <div class="matrices">
      {heads.map((head) => (
        <Matrix key={head} {...props} heads={[head]} name={`Head ${head}`} />
      ))}
    </div>
  )
}

/** One matrix: the mean of `heads`, or a single head. */
function Matrix({ view, heads, mean, title, name }: Shown & { name: string }) {
  const { go } = usePage()
  const chosen = heads.join()
  const isNarrow = useMedia(NARROW)
  const { shown, picture } = useMemo(() => {
    const shown = meanOf(view, headsIn(chosen))
    const { queries, keys } = shown
    const [values] = shown.heads
    const width = isNarrow ? 362 : mean ? 900 : 620
    return {
      shown,
      picture: attentionMatrix({ title: `${title}, ${name}`, queries, keys, values, scale: 'weights', width }),
    }
  }, [view, chosen, title, name, mean, isNarrow])
  return (
    <figure>
      <figcaption>{name}</figcaption>
      <PictureView
        picture={picture}
        readout={(mark) => readingOf(mark, shown, [{ name: mean ? 'mean' : name.toLowerCase(), head: 0 }])}
        cells={{ rows: view.queries.marks, columns: view.keys.marks }}
        onMark={({ token, query }) => go({ token: (token ?? query)?.split(' ')[0] })}
      />
    </figure>
  )
}

/** The value under the pointer in words: 'suis → étudiant: head 0 0.430'. */
function readingOf(
  { query, key }: DOMStringMap,
  { queries, keys, heads }: AttentionView,
  named: readonly { name: string; head: number }[],
): string | null {
  const [q, k] = [queries.marks.indexOf(query ?? ''), keys.marks.indexOf(key ?? '')]
  if (q < 0 || k < 0) return null
  const numbers = named.map(({ name, head }) => `${name} ${heads[head][q * keys.marks.length + k].toFixed(3)}`)
  return `${queries.tokens[q]} → ${keys.tokens[k]}: ${numbers.join(', ')}`
}

export const attentionView: View = {
  name: 'attention',
  title: 'Attention',
  note: 'How much of each key’s value flows to each query, by head: queries on the left, or in rows, look at keys on the right, or in columns. High weight says where a head reads, not why, and not that the output depends on it: values, Wᴼ and the residual count as well (the experiment takes heads away).',
  Show: Attention,
}
