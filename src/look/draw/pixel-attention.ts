import { type Picture, type SvgElement, svg } from './element.ts'
import { type HeatBox, heatMap } from './heat-map.ts'
import { label } from './label.ts'

/** Attention of one place of an image to the pixels before it. */
export interface PixelAttention {
  title: string
  /** Pixels in a row of the image. */
  columns: number
  /** The brightness of each pixel, from 0 to 1. */
  levels: readonly number[]
  /** The pixel that is predicted; those before it are seen. */
  place: number
  /** For each head that is shown its name, and its weight of each pixel before `place`. */
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
export function pixelAttention({ title, columns, levels, place, heads }: PixelAttention): Picture {
  const rows = Math.ceil(levels.length / columns)
  const height = (SIZE * rows) / columns
  const boxOf = (i: number): HeatBox => ({
    x: (i % ACROSS) * (SIZE + GAP) + 8,
    y: Math.floor(i / ACROSS) * (height + TOP + GAP) + TOP,
    width: SIZE,
    height,
  })
  const image = grid('image', boxOf(0), { values: levels, most: 1, mark: 'data-token' }, { rows, columns, place })
  const grids = heads.map(({ name, weights }, i) => {
    const values = Array.from(levels, (_, pixel) => (pixel < place ? weights[pixel] : 0))
    const most = Math.max(1e-6, ...values)
    const heat = { values, most, mark: 'data-key' } as const
    return grid(`${name}, at most ${most.toFixed(2)}`, boxOf(i + 1), heat, { rows, columns, place })
  })
  const down = Math.ceil((heads.length + 1) / ACROSS)
  return {
    width: Math.min(ACROSS, heads.length + 1) * (SIZE + GAP) + 16,
    height: down * (height + TOP + GAP),
    title,
    description: `Attention of pixel ${place} (row ${Math.floor(place / columns)}, column ${place % columns}) to the pixels before it, a grid for each head. ${heads.map(({ name, weights }) => strongest(name, weights, place, columns)).join(' ')}`,
    content: [image, ...grids],
  }
}

/** A named grid of pixels, in which the predicted one has a frame. */
function grid(
  name: string,
  box: HeatBox,
  { values, most, mark }: { values: ArrayLike<number>; most: number; mark: 'data-token' | 'data-key' },
  { rows, columns, place }: { rows: number; columns: number; place: number },
): SvgElement {
  const cell = box.width / columns
  const filled = Array.from({ length: rows * columns }, (_, i) => values[i] ?? 0)
  const frame = {
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
      marks: (row, column) => ({ [mark]: `target:${row * columns + column}` }),
    }),
    svg('rect', { ...frame, fill: 'none', stroke: 'var(--negative)', 'stroke-width': 2 }),
  )
}

function strongest(name: string, weights: ArrayLike<number>, place: number, columns: number): string {
  let best = 0
  for (let pixel = 1; pixel < place; pixel++) if (weights[pixel] > weights[best]) best = pixel
  if (!place) return ''
  return `${name}: most at row ${Math.floor(best / columns)}, column ${best % columns}.`
}
