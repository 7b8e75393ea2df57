import { type ComponentChild, h } from 'preact'
import { useId, useMemo, useRef, useState } from 'preact/hooks'
import type { Picture, SvgElement } from '../../../draw/marks/element.ts'
import { numberName } from '../../../draw/marks/numbers.ts'
import { type Page, usePage } from '../state/page.ts'
import { lightLook } from './lit.ts'
import { numberRead } from './number-read.ts'

/** The elements of a picture that can have the focus. */
const marks = '[data-mark]'

const directions: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/**
 * Arrow keys in a picture move the focus to the nearest mark in their direction. A picture is one stop of the Tab key,
 * at the mark that had the focus last.
 */
function moveByArrow(event: KeyboardEvent, picture: Element): void {
  const direction = directions[event.key]
  const from = (event.target as Element).closest(marks)
  if (!direction || !from || event.altKey || event.ctrlKey || event.metaKey) return
  const next = nearest(from, picture, direction)
  event.preventDefault()
  if (next) focusMark(next, picture)
}

/** Focuses a mark, and makes it the Tab stop of the picture. */
function focusMark(mark: SVGElement, picture: Element): void {
  for (const other of picture.querySelectorAll('[data-mark][tabindex="0"]')) other.setAttribute('tabindex', '-1')
  mark.setAttribute('tabindex', '0')
  mark.focus()
}

/** The nearest mark in a direction; sideways distance counts three times. */
function nearest(from: Element, picture: Element, [dx, dy]: readonly [number, number]): SVGElement | null {
  const middle = (element: Element) => {
    const { left, top, width, height } = element.getBoundingClientRect()
    return [left + width / 2, top + height / 2]
  }
  const [x, y] = middle(from)
  let best: SVGElement | null = null
  let least = Number.POSITIVE_INFINITY
  for (const mark of picture.querySelectorAll<SVGElement>(marks)) {
    const [mx, my] = middle(mark)
    const ahead = (mx - x) * dx + (my - y) * dy
    const aside = Math.abs((mx - x) * dy) + Math.abs((my - y) * dx)
    const far = ahead + 3 * aside
    if (mark === from || ahead < 1 || far >= least) continue
    best = mark
    least = far
  }
  return best
}

/** The rows and columns of an element whose cells have no elements of their own, and the attributes of a cell. */
interface Grid {
  rows: number
  columns: number
  markOf(place: Place): DOMStringMap
}

/** The grid of an element: of an image with `cells`, or of numbers of a tensor (`data-tensor`, see draw/marks/numbers.ts). */
function gridOf(element: Element, cells: Cells | undefined): Grid | null {
  const { tensor, cells: size, corner, ofHead, turned } = (element as SVGElement).dataset
  if (tensor !== undefined) {
    const [rows, columns] = (size ?? '').split(',').map(Number)
    const [row, column] = (corner ?? '').split(',').map(Number)
    const markOf = (place: Place) => {
      const [down, along] = turned === undefined ? [place.row, place.column] : [place.column, place.row]
      return {
        number: numberName(tensor, [...(ofHead === undefined ? [] : [Number(ofHead)]), row + down, column + along]),
      }
    }
    return { rows, columns, markOf }
  }
  if (!cells || element.nodeName !== 'image') return null
  return { rows: cells.rows.length, columns: cells.columns.length, markOf: (place) => marksAt(cells, place) }
}

/** The names of rows and columns in `data-query` and `data-key`, for a matrix that is one image. */
interface Cells {
  rows: readonly string[]
  columns: readonly string[]
}

/** A cell of an image, by its row and column. */
interface Place {
  row: number
  column: number
}

/** The attributes of a cell, as elements of smaller matrices have them. */
const marksAt = ({ rows, columns }: Cells, { row, column }: Place): DOMStringMap => ({
  query: rows[row],
  key: columns[column],
})

/** The cell of a grid under the pointer. */
function placeUnder(event: MouseEvent, element: Element, { rows, columns }: Grid): Place {
  const { left, top, width, height } = element.getBoundingClientRect()
  return {
    row: within(Math.floor(((event.clientY - top) / height) * rows), rows),
    column: within(Math.floor(((event.clientX - left) / width) * columns), columns),
  }
}

const steps: Record<string, Place> = {
  ArrowLeft: { row: 0, column: -1 },
  ArrowRight: { row: 0, column: 1 },
  ArrowUp: { row: -1, column: 0 },
  ArrowDown: { row: 1, column: 0 },
}

/** The next cell in the direction of an arrow key; null for other keys and at the edge. */
function placeAfter(key: string, place: Place, { rows, columns }: Grid): Place | null {
  const step = steps[key]
  if (!step) return null
  const next = { row: place.row + step.row, column: place.column + step.column }
  const isThere = next.row >= 0 && next.row < rows && next.column >= 0 && next.column < columns
  return isThere ? next : null
}

const within = (index: number, count: number) => Math.max(0, Math.min(count - 1, index))

interface PictureViewProps {
  /** From `useMemo`, so that an unchanged picture is not redrawn. */
  picture: Picture
  /**
   * Called for a click on a mark, or Enter. By default a mark with `data-open` opens that address
   * ('attention?layer=1'), and one with `data-token` chooses the token.
   */
  onMark?: (mark: DOMStringMap) => void
  /**
   * The description of the mark under the pointer or with the focus; it is shown below, and is the name of marks
   * without a text.
   */
  readout?: (mark: DOMStringMap) => string | null
  /** For a matrix that may be one image: enables arrow keys from cell to cell. */
  cells?: Cells
  /** A picture wider than the page is scrolled (`scroll`) or scaled down. */
  fit?: 'scroll' | 'shrink'
}

/**
 * A drawn picture on the page. Marks with `data-open`, `data-head`, `data-id` or `data-token`, and cells, can be
 * clicked and focused; arrow keys move between them.
 */
export function PictureView({ picture, onMark, readout, cells, fit = 'scroll' }: PictureViewProps) {
  const page = usePage()
  const described = useId()
  const [read, setRead] = useState<string | null>(null)
  const place = useRef<Place>({ row: 0, column: 0 })
  const nodes = useMemo(() => nodesOf(picture, readout, cells !== undefined), [picture])
  const isRead = readout !== undefined || hasNumbers(picture.content)
  const act = onMark ?? ((mark: DOMStringMap) => openMark(mark, page.go))
  const gridUnder = (event: Event) => gridOf(event.target as Element, cells)
  const markUnder = (event: Event): DOMStringMap | null => {
    const grid = gridUnder(event)
    if (grid) return grid.markOf(fitting(place.current, grid))
    return (event.target as Element).closest<SVGElement>('[data-mark]')?.dataset ?? null
  }
  const click = (event: Event) => {
    const grid = gridUnder(event)
    if (grid && event instanceof MouseEvent) place.current = placeUnder(event, event.target as Element, grid)
    const mark = markUnder(event)
    if (mark?.number !== undefined) page.go({ number: mark.number })
    else if (mark) act(mark)
  }
  const look = (event: Event) => {
    const grid = gridUnder(event)
    if (grid && event instanceof MouseEvent) place.current = placeUnder(event, event.target as Element, grid)
    const mark = markUnder(event) ?? (event.target as SVGElement).dataset
    if (mark.query !== undefined && mark.key !== undefined && grid) lightLook(mark.query, mark.key)
    setRead(mark.number === undefined ? (readout?.(mark) ?? null) : numberRead(mark.number, page))
  }
  const press = (event: KeyboardEvent & { currentTarget: Element }) => {
    const grid = gridUnder(event)
    const next = grid && placeAfter(event.key, fitting(place.current, grid), grid)
    if (next) {
      event.preventDefault()
      place.current = next
      look(event)
      return
    }
    moveByArrow(event, event.currentTarget)
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    click(event)
  }
  return (
    <div class={`picture-frame ${fit}`}>
      <svg
        class="picture"
        viewBox={`0 0 ${picture.width} ${picture.height}`}
        width={picture.width}
        height={picture.height}
        role="group"
        aria-label={picture.title}
        aria-describedby={described}
        onClick={click}
        onPointerMove={isRead ? look : undefined}
        onFocusIn={isRead ? look : undefined}
        onKeyDown={press}
      >
        {nodes}
      </svg>
      <p id={described} class="unseen">
        {picture.description}
      </p>
      {isRead && <output class="readout">{read}</output>}
    </div>
  )
}

/** A place within a grid. */
const fitting = ({ row, column }: Place, { rows, columns }: Grid): Place => ({
  row: within(row, rows),
  column: within(column, columns),
})

/** Whether a picture has numbers of the trace, which are read under the pointer. */
const hasNumbers = (content: readonly (SvgElement | string)[]): boolean =>
  content.some(
    (each) =>
      typeof each !== 'string' &&
      ('data-tensor' in each.attributes || 'data-number' in each.attributes || hasNumbers(each.children)),
  )

function openMark({ open, token }: DOMStringMap, go: Page['go']): void {
  if (open !== undefined) {
    const [view, query] = open.split('?')
    go(Object.fromEntries(new URLSearchParams(query)), view)
  } else if (token !== undefined) go({ token: token.split(' ')[0] })
}

function nodesOf({ content }: Picture, readout: PictureViewProps['readout'], hasCells: boolean): ComponentChild[] {
  let first = true
  const nodeOf = ({ name, attributes, children }: SvgElement): ComponentChild => {
    const inside = children.map((child) => (typeof child === 'string' ? child : nodeOf(child)))
    const isCells = hasCells && name === 'image'
    if (!isCells && !isMark(name, attributes)) return h(name, attributes, inside)
    const mark = {
      'data-mark': '',
      tabindex: first ? 0 : -1,
      // Screen readers say nothing of what stands within a button.
      role: holdsMarks(children) ? 'group' : 'button',
      'aria-label':
        isCells || 'data-tensor' in attributes
          ? `${attributes['data-tensor'] ?? 'Cells'}: arrow keys go from one number to the next`
          : nameOf(attributes, children, readout),
      ...attributes,
    }
    first = false
    // Spaces separate words for screen readers; they are not drawn.
    return h(name, mark, name === 'g' ? inside.flatMap((child) => [child, ' ']) : inside)
  }
  return content.map(nodeOf)
}

/** Whether an element has marks within, such as numbers of a row that is a mark itself. */
const holdsMarks = (children: SvgElement['children']): boolean =>
  children.some(
    (child) => typeof child !== 'string' && (isMark(child.name, child.attributes) || holdsMarks(child.children)),
  )

/** Marks reached by keys. Lines between tokens are highlighted, but too many to be reached by keys. */
function isMark(name: string, attributes: SvgElement['attributes']): boolean {
  if (['data-open', 'data-token', 'data-id', 'data-number', 'data-tensor'].some((key) => key in attributes)) return true
  if ('data-query' in attributes || 'data-key' in attributes) return name === 'rect' && !('data-head' in attributes)
  return 'data-head' in attributes
}

/** The name of a mark for screen readers: its text, its readout, or 'layer 1, head 2'. */
function nameOf(
  attributes: SvgElement['attributes'],
  children: SvgElement['children'],
  readout: PictureViewProps['readout'],
): string {
  const data = Object.entries(attributes).flatMap(([key, value]) =>
    key.startsWith('data-') ? [[key.slice(5), String(value)]] : [],
  )
  const read = readout?.(Object.fromEntries(data))
  if (read) return read
  const text = textOf(children)
  const places = data.filter(([key]) => key === 'layer' || key === 'head' || !text)
  return [...places.map((place) => place.join(' ')), text].filter((part) => part !== '').join(', ')
}

const textOf = (children: SvgElement['children']): string =>
  children
    .map((child) => (typeof child === 'string' ? child : child.name === 'title' ? '' : textOf(child.children)))
    .filter((text) => text !== '')
    .join(' ')
    .trim()
