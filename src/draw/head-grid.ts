import { counted } from '../base/values/number-text.ts'
import { type Picture, type SvgElement, svg } from './marks/element.ts'
import { heatMap } from './marks/heat-map.ts'
import { label } from './marks/label.ts'

/** Attention weights of every head of every layer of one kind. */
export interface HeadGrid {
  title: string
  queries: number
  keys: number
  /** For each layer and each head: [queries · keys]. */
  layers: readonly (readonly ArrayLike<number>[])[]
  /** Approximate width of the picture in pixels; default 900. */
  width?: number
  /** Whether a line below explains the badges; default true. */
  hasLegend?: boolean
}

const LEFT = 64
const TOP = 36
const GAP = 14
const BADGES = 20
const MOST_SIZE = 120
const LEAST_SIZE = 36
/** Minimum size of a thumbnail with room for badges. */
const BADGE_SIZE = 104
/** The mean weight from which a badge is emphasized. */
const NOTABLE = 0.5

/**
 * A thumbnail for each head, layers from top to bottom: rows are queries, columns keys. Below each thumbnail are its
 * badges: H, the mean entropy in nats; D and P, the mean weights on the same and on the previous position. Thumbnails
 * carry `data-layer` and `data-head`.
 */
export function headGrid({ title, queries, keys, layers, width = 900, hasLegend = true }: HeadGrid): Picture {
  const heads = Math.max(1, ...layers.map(({ length }) => length))
  const size = Math.max(LEAST_SIZE, Math.min(MOST_SIZE, (width - LEFT - 16) / heads - GAP))
  const most = Math.max(queries, keys, 1)
  const [w, h] = [(size * keys) / most, (size * queries) / most]
  const badges = size >= BADGE_SIZE ? BADGES : 0
  const across = size + GAP
  const down = Math.max(h, 24) + badges + GAP
  const quiet = { size: 11, color: 'var(--quiet)' } as const
  const thumbnails = layers.flatMap((weights, layer) => {
    const y = TOP + layer * down
    return [
      label(`layer ${layer}`, LEFT - 12, y + h / 2, { ...quiet, anchor: 'end' }),
      ...weights.map((values, head) => {
        const x = LEFT + head * across
        const box = { x, y, width: w, height: h }
        return svg(
          'g',
          { 'data-layer': layer, 'data-head': head },
          svg('rect', { ...box, fill: 'var(--soft)', stroke: 'var(--line)' }),
          heatMap({ rows: queries, columns: keys, values, scale: 'weights' }, box, { asImage: true }),
          ...(badges ? badgesOf(values, queries, keys, x, y + h + 12) : []),
        )
      }),
    ]
  })
  const foot = TOP + layers.length * down
  return {
    width: Math.max(LEFT + heads * across, badges ? 560 : 0),
    height: foot + (badges && hasLegend ? 30 : 8),
    title,
    description: `Attention weights of ${counted(heads, 'head')} in each of ${counted(layers.length, 'layer')}, a thumbnail each: ${queries} rows of queries, ${keys} columns of keys.`,
    content: [
      ...Array.from({ length: heads }, (_, head) =>
        label(`head ${head}`, LEFT + head * across + w / 2, TOP - 14, { ...quiet, anchor: 'middle' }),
      ),
      ...thumbnails,
      ...(badges && hasLegend ? [label(LEGEND, LEFT, foot + 6, quiet)] : []),
    ],
  }
}

const LEGEND = 'means over queries: H entropy in nats · D weight on the same position · P on the previous one'

function badgesOf(values: ArrayLike<number>, queries: number, keys: number, x: number, y: number): SvgElement[] {
  const { entropy, diagonal, previous } = headStatistics(values, queries, keys)
  const badge = (text: string, at: number, notable: boolean) =>
    label(text, x + at, y, { size: 10, bold: notable, color: notable ? 'var(--positive)' : 'var(--quiet)' })
  return [
    badge(`H ${entropy.toFixed(2)}`, 0, false),
    badge(`D ${share(diagonal)}`, 40, diagonal >= NOTABLE),
    badge(`P ${share(previous)}`, 76, previous >= NOTABLE),
  ]
}

/** 0.43 → '.43'. */
const share = (value: number) => value.toFixed(2).replace(/^0/, '')

/** Three statistics of a head, each a mean over its queries. */
interface HeadStatistics {
  /** Entropy of a query's weights, in nats: 0 where one key has all weight. */
  entropy: number
  /** Weight on the key at the query's own position. */
  diagonal: number
  /** Weight on the key before it; mean over the queries that have one. */
  previous: number
}

/** The statistics of one head's weights, [queries · keys]. */
export function headStatistics(weights: ArrayLike<number>, queries: number, keys: number): HeadStatistics {
  let [entropy, diagonal, previous] = [0, 0, 0]
  for (let query = 0; query < queries; query++) {
    for (let key = 0; key < keys; key++) {
      const weight = weights[query * keys + key]
      if (weight > 0) entropy -= weight * Math.log(weight)
    }
    if (query < keys) diagonal += weights[query * keys + query]
    if (query > 0 && query <= keys) previous += weights[query * keys + query - 1]
  }
  return {
    entropy: entropy / Math.max(1, queries),
    diagonal: diagonal / Math.max(1, Math.min(queries, keys)),
    previous: previous / Math.max(1, Math.min(queries - 1, keys)),
  }
}
