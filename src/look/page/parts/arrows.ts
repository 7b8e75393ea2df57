/** The elements of a picture that can have the focus. */
export const marks = '[data-mark]'

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
export function moveByArrow(event: KeyboardEvent, picture: Element): void {
  const direction = directions[event.key]
  const from = (event.target as Element).closest(marks)
  if (!direction || !from || event.altKey || event.ctrlKey || event.metaKey) return
  const next = nearest(from, picture, direction)
  event.preventDefault()
  if (next) focusMark(next, picture)
}

/** Focuses a mark, and makes it the Tab stop of the picture. */
export function focusMark(mark: SVGElement, picture: Element): void {
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
