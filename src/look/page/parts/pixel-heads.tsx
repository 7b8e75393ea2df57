import { useMemo } from 'preact/hooks'
import { pixelAttention } from '../../../draw/pixel-attention.ts'
import type { AttentionView } from '../../../trace/figure/attention.ts'
import type { Pixels } from '../../../trace/figure/pixels.ts'
import { usePage } from '../state/page.ts'
import { PictureView } from './picture-view.tsx'

/** The part of the attention to an image that is shown. */
interface Shown {
  view: AttentionView
  pixels: Pixels
  heads: readonly { name: string; head: number }[]
  title: string
}

/** Attention over pixels as a grid for each head. */
export const PixelHeads = (shown: Shown) =>
  shown.pixels.side === 'target' ? <OwnPixels {...shown} /> : <SourcePixels {...shown} />

/** Attention of the chosen pixel, or of one in the middle, to the pixels before it. */
function OwnPixels(shown: Shown) {
  const { address } = usePage()
  const chosen = Number(/^target:(\d+)$/.exec(address.parameters.token ?? '')?.[1])
  const { rows, columns, places } = shown.pixels
  const middle = places.indexOf(Math.floor((rows * columns + columns) / 2))
  const pixel = Math.min(Number.isNaN(chosen) ? Math.max(0, middle) : chosen, places.length - 1)
  // Row i of the decoder reads pixel i − 1 and predicts pixel i; its first key is the start.
  return <Grids {...shown} query={pixel} keys={[1, pixel]} pixel={pixel} by={`pixel ${pixel}`} />
}

/** Attention of the chosen token, or of the first one, to the pixels of the source. */
function SourcePixels(shown: Shown) {
  const { address } = usePage()
  const { queries } = shown.view
  const query = Math.max(
    0,
    queries.marks.findIndex((mark) => mark.split(' ').includes(address.parameters.token)),
  )
  const { first, levels } = shown.pixels
  return <Grids {...shown} query={query} keys={[first, levels.length]} pixel={null} by={`“${queries.tokens[query]}”`} />
}

/** The grids of one query: `keys` are its first key that is a pixel, and how many there are. */
function Grids({
  view,
  pixels,
  heads,
  title,
  query,
  keys: [first, count],
  pixel,
  by,
}: Shown & { query: number; keys: readonly [number, number]; pixel: number | null; by: string }) {
  const { go } = usePage()
  const begin = query * view.keys.tokens.length + first
  const picture = useMemo(() => {
    const shown = heads.map(({ name, head }) => ({ name, weights: view.heads[head].subarray(begin, begin + count) }))
    const markOf = (pixel: number) => `${pixels.side}:${pixels.first + pixel}`
    return pixelAttention({ ...pixels, title, pixel, by, markOf, heads: shown })
  }, [view, pixels, heads, title, pixel, by, begin, count])
  return (
    <PictureView
      picture={picture}
      readout={({ key }) => {
        const other = Number(/:(\d+)$/.exec(key ?? '')?.[1]) - pixels.first
        if (Number.isNaN(other) || other >= count) return null
        const numbers = heads.map(({ name, head }) => `${name} ${view.heads[head][begin + other].toFixed(3)}`)
        return `${by} → pixel ${other}: ${numbers.join(', ')}`
      }}
      onMark={({ token }) => token && go({ token })}
    />
  )
}
