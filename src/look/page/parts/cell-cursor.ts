/** The names of rows and columns in `data-query` and `data-key`, for a matrix that is one image. */
export interface Cells {
  rows: readonly string[]
  columns: readonly string[]
}

/** A cell of an image, by its row and column. */
export interface Place {
  row: number
  column: number
}

/** The attributes of a cell, as elements of smaller matrices have them. */
export const marksAt = ({ rows, columns }: Cells, { row, column }: Place): DOMStringMap => ({
  query: rows[row],
  key: columns[column],
})

/** The cell of an image under the pointer. */
export function placeUnder(event: MouseEvent, image: Element, { rows, columns }: Cells): Place {
  const { left, top, width, height } = image.getBoundingClientRect()
  return {
    row: within(Math.floor(((event.clientY - top) / height) * rows.length), rows.length),
    column: within(Math.floor(((event.clientX - left) / width) * columns.length), columns.length),
  }
}

const steps: Record<string, Place> = {
  ArrowLeft: { row: 0, column: -1 },
  ArrowRight: { row: 0, column: 1 },
  ArrowUp: { row: -1, column: 0 },
  ArrowDown: { row: 1, column: 0 },
}

/** The next cell in the direction of an arrow key; null for other keys and at the edge. */
export function placeAfter(key: string, place: Place, { rows, columns }: Cells): Place | null {
  const step = steps[key]
  if (!step) return null
  const next = { row: place.row + step.row, column: place.column + step.column }
  const isThere = next.row in rows && next.column in columns
  return isThere ? next : null
}

const within = (index: number, count: number) => Math.max(0, Math.min(count - 1, index))
