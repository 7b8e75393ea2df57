import { type ComponentChild, h } from 'preact'
import { useId, useMemo, useRef, useState } from 'preact/hooks'
import type { Picture, SvgElement } from '../../../draw/marks/element.ts'
import { type Page, usePage } from '../state/page.ts'
import { lightLook } from './lit.ts'

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

/** The cell of an image under the pointer. */
function placeUnder(event: MouseEvent, image: Element, { rows, columns }: Cells): Place {
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
function placeAfter(key: string, place: Place, { rows, columns }: Cells): Place | null {
  const step = steps[key]
  if (!step) return null
  const next = { row: place.row + step.row, column: place.column + step.column }
  const isThere = next.row in rows && next.column in columns
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
  const act = onMark ?? ((mark: DOMStringMap) => openMark(mark, page.go))
  const isImage = (event: Event) => cells !== undefined && (event.target as Element).nodeName === 'image'
  const markUnder = (event: Event): DOMStringMap | null => {
    // biome-ignore lint/style/noNonNullAssertion: images have cells, and their marks have a query and a key
    if (isImage(event)) return marksAt(cells!, place.current)
    return (event.target as Element).closest<SVGElement>('[data-mark]')?.dataset ?? null
  }
  const click = (event: Event) => {
    const mark = markUnder(event)
    if (mark) act(mark)
  }
  const look = (event: Event) => {
    if (isImage(event) && event instanceof MouseEvent)
      // biome-ignore lint/style/noNonNullAssertion: images have cells, and their marks have a query and a key
      place.current = placeUnder(event, event.target as Element, cells!)
    const mark = markUnder(event) ?? (event.target as SVGElement).dataset
    // biome-ignore lint/style/noNonNullAssertion: images have cells, and their marks have a query and a key
    if (isImage(event)) lightLook(mark.query!, mark.key!)
    setRead(readout?.(mark) ?? null)
  }
  const press = (event: KeyboardEvent & { currentTarget: Element }) => {
    // biome-ignore lint/style/noNonNullAssertion: images have cells, and their marks have a query and a key
    const next = isImage(event) && placeAfter(event.key, place.current, cells!)
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
        onPointerMove={readout && look}
        onFocusIn={readout && look}
        onKeyDown={press}
      >
        {nodes}
      </svg>
      <p id={described} class="unseen">
        {picture.description}
      </p>
      {readout && <output class="readout">{read}</output>}
    </div>
  )
}

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
      role: 'button',
      'aria-label': isCells ? 'Cells: arrow keys go from one to the next' : nameOf(attributes, children, readout),
      ...attributes,
    }
    first = false
    // Spaces separate words for screen readers; they are not drawn.
    return h(name, mark, name === 'g' ? inside.flatMap((child) => [child, ' ']) : inside)
  }
  return content.map(nodeOf)
}

/** Marks reached by keys. Lines between tokens are highlighted, but too many to be reached by keys. */
function isMark(name: string, attributes: SvgElement['attributes']): boolean {
  if (['data-open', 'data-token', 'data-id'].some((key) => key in attributes)) return true
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
