import { type Picture, type SvgElement, svg } from './marks/element.ts'
import { type HeatBox, heatMap } from './marks/heat-map.ts'
import { label } from './marks/label.ts'

/** Attention to the pixels of an image: of the pixel that is predicted, to those before it, or of a token, to all of them. */
export interface PixelAttention {
  title: string
  /** The size of the image. */
  rows: number
  columns: number
  /** The brightness of each pixel, from 0 to 1, in order of generation. */
  levels: readonly number[]
  /** The place of each pixel in the image, row by row. */
  places: readonly number[]
  /** The pixel that is predicted; those before it are seen. Null: all are. */
  pixel: number | null
  /** Who attends, where no pixel does. */
  by?: string
  /** The name of a pixel's token in `data-token` and `data-key`. Default: `target:n`. */
  markOf?: (pixel: number) => string
  /** For each head that is shown its name, and its weight of each pixel that is seen. */
  heads: readonly { name: string; weights: ArrayLike<number> }[]
}

const SIZE = 200
const GAP = 20
const TOP = 30
/** Grids side by side. */
const ACROSS = 5

/**
 * The image, and beside it a grid for each head: a deeper color for a pixel with more weight, relative to the most of that head. The pixel that is
 * predicted has a frame. Pixels of the image carry `data-token`, those of heads `data-key`.
 */
export function pixelAttention({ title, levels, pixel, by, heads, ...image }: PixelAttention): Picture {
  const { rows, columns, places } = image
  const seen = pixel ?? levels.length
  const who =
    pixel === null
      ? `${by} to the pixels`
      : `pixel ${pixel} (${cellOf(places[pixel], columns)}) to the pixels before it`
  const height = (SIZE * rows) / columns
  const boxOf = (i: number): HeatBox => ({
    x: (i % ACROSS) * (SIZE + GAP) + 8,
    y: Math.floor(i / ACROSS) * (height + TOP + GAP) + TOP,
    width: SIZE,
    height,
  })
  const drawn = grid('image', boxOf(0), { values: levels, most: 1, mark: 'data-token' }, { ...image, pixel })
  const grids = heads.map(({ name, weights }, i) => {
    const values = Array.from(levels, (_, other) => (other < seen ? weights[other] : 0))
    const most = Math.max(1e-6, ...values)
    const heat = { values, most, mark: 'data-key' } as const
    return grid(`${name}, at most ${most.toFixed(2)}`, boxOf(i + 1), heat, { ...image, pixel })
  })
  const down = Math.ceil((heads.length + 1) / ACROSS)
  return {
    width: Math.min(ACROSS, heads.length + 1) * (SIZE + GAP) + 16,
    height: down * (height + TOP + GAP),
    title,
    description: `Attention of ${who}, a grid for each head. ${heads.map(({ name, weights }) => strongest(name, weights, seen, image)).join(' ')}`,
    content: [drawn, ...grids],
  }
}

type Image = Pick<PixelAttention, 'rows' | 'columns' | 'places' | 'markOf'>

const cellOf = (place: number, columns: number) => `row ${Math.floor(place / columns)}, column ${place % columns}`

/** A named grid of pixels, in which the predicted one has a frame. */
function grid(
  name: string,
  box: HeatBox,
  { values, most, mark }: { values: ArrayLike<number>; most: number; mark: 'data-token' | 'data-key' },
  { rows, columns, places, pixel, markOf = (pixel) => `target:${pixel}` }: Image & { pixel: number | null },
): SvgElement {
  const cell = box.width / columns
  const place = pixel === null ? null : places[pixel]
  const pixels = new Map(places.map((at, i) => [at, i]))
  const filled = Array.from({ length: rows * columns }, (_, at) => values[pixels.get(at) ?? -1] ?? 0)
  const frame = place !== null && {
    x: box.x + (place % columns) * cell,
    y: box.y + Math.floor(place / columns) * cell,
    width: cell,
    height: cell,
  }
  return svg(
    'g',
    {},
    label(name, box.x, box.y - 12, { size: 12 }),
    svg('rect', { ...box, fill: 'none', stroke: 'var(--line)' }),
    heatMap({ rows, columns, values: filled, scale: 'weights', most }, box, {
      marks(row, column) {
        const pixel = pixels.get(row * columns + column)
        return pixel === undefined ? {} : { [mark]: markOf(pixel) }
      },
    }),
    ...(frame ? [svg('rect', { ...frame, fill: 'none', stroke: 'var(--negative)', 'stroke-width': 2 })] : []),
  )
}

function strongest(name: string, weights: ArrayLike<number>, seen: number, { places, columns }: Image): string {
  let best = 0
  for (let other = 1; other < seen; other++) if (weights[other] > weights[best]) best = other
  return seen ? `${name}: most at ${cellOf(places[best], columns)}.` : ''
}
