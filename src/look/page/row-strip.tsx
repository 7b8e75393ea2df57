import { useMemo } from 'preact/hooks'
import { type Picture, svg } from '../../draw/marks/element.ts'
import { heatMap } from '../../draw/marks/heat-map.ts'
import type { Trace } from '../../trace/data/trace.ts'
import { levelsOf, pixelsOf } from '../../trace/figure/pixels.ts'
import { PictureView } from './parts/picture-view.tsx'

/** The side of a cell, and the longest side of the picture. */
const CELL = 12
const LONGEST = 480

/** A source of real numbers as a picture: a square where its rows are the pixels of one, and else a row of cells for each of its rows. */
export function RowStrip({ trace }: { trace: Trace }) {
  // biome-ignore lint/style/noNonNullAssertion: this strip is shown for sources in rows
  const { width, values } = trace.source.rows!
  const pixels = useMemo(() => pixelsOf(trace), [trace])
  const rows = values.length / width
  const says = `${rows} ${rows === 1 ? 'row' : 'rows'} of ${width} ${width === 1 ? 'number' : 'numbers'}`
  const picture = useMemo((): Picture => {
    const columns = pixels?.columns ?? width
    const down = Math.ceil(values.length / columns)
    const cell = Math.min(CELL, LONGEST / Math.max(columns, down))
    const box = { x: 1, y: 1, width: columns * cell, height: down * cell }
    const marks = (row: number, column: number) => {
      const place = pixels ? row * columns + column : row
      // biome-ignore lint/style/noNonNullAssertion: this strip is shown for sources in rows
      return { 'data-token': `source:${trace.source.rows!.first + place}` }
    }
    return {
      width: box.width + 2,
      height: box.height + 2,
      title: 'Source',
      description: `The source: ${says}.`,
      content: [
        svg('rect', { ...box, fill: 'none', stroke: 'var(--line)' }),
        heatMap({ rows: down, columns, values: levelsOf(values), scale: 'weights', most: 1 }, box, { marks }),
      ],
    }
  }, [trace, pixels, values, width, says])
  return (
    <div class="strip">
      <span>Numbers</span>
      <figure class="numbers-of-source">
        <PictureView
          picture={picture}
          readout={({ token }) => {
            // biome-ignore lint/style/noNonNullAssertion: the pattern matches every text that comes here
            const row = Number(/:(\d+)$/.exec(token ?? '')?.[1]) - trace.source.rows!.first
            return Number.isNaN(row) ? null : `row ${row}: ${shown(values.slice(row * width, (row + 1) * width))}`
          }}
        />
        <figcaption>{says}</figcaption>
      </figure>
    </div>
  )
}

const shown = (numbers: readonly number[]) => numbers.map((number) => String(Number(number.toPrecision(4)))).join(', ')
