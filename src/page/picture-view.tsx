import { type ComponentChild, h } from 'preact'
import { useId, useMemo } from 'preact/hooks'
import type { Picture, SvgElement } from '../draw/element.ts'
import { moveByArrow } from './arrows.ts'
import { usePage } from './page.ts'

interface PictureViewProps {
  /** Of `useMemo`: the same picture is not drawn anew. */
  picture: Picture
  /**
   * A mark was clicked, or Enter pressed on it. Without it a mark with `data-open` opens that address ('attention?layer=1'), and one
   * with `data-token` chooses the token.
   */
  onMark?: (mark: DOMStringMap, event: Event) => void
  onDoubleClick?: (mark: DOMStringMap) => void
  /** Wider pictures than the page are made smaller, or (`scroll`) can be moved. */
  fit?: 'shrink' | 'scroll'
}

/**
 * A picture of the drawing room on the page. Marks with `data-open`, `data-head`, `data-id` or `data-token` can be clicked and focused; arrow keys go from
 * one to the next.
 */
export function PictureView({ picture, onMark, onDoubleClick, fit = 'scroll' }: PictureViewProps) {
  const page = usePage()
  const described = useId()
  const nodes = useMemo(() => nodesOf(picture), [picture])
  const act = onMark ?? ((mark: DOMStringMap) => openMark(mark, page.go))
  const markOf = (event: Event) => (event.target as Element).closest<SVGElement>('[data-mark]')
  const onClick = (event: Event) => {
    const mark = markOf(event)
    if (mark) act(mark.dataset, event)
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
        onClick={onClick}
        onDblClick={(event) => {
          const mark = markOf(event)
          if (mark) onDoubleClick?.(mark.dataset)
        }}
        onKeyDown={(event) => {
          moveByArrow(event, event.currentTarget)
          if (event.key !== 'Enter' && event.key !== ' ') return
          event.preventDefault()
          if (event.shiftKey && onDoubleClick && markOf(event)) onDoubleClick(markOf(event)!.dataset)
          else onClick(event)
        }}
      >
        {nodes}
      </svg>
      <p id={described} class="unseen">
        {picture.description}
      </p>
    </div>
  )
}

function openMark({ open, token }: DOMStringMap, go: ReturnType<typeof usePage>['go']): void {
  if (open !== undefined) {
    const [view, query] = open.split('?')
    go(Object.fromEntries(new URLSearchParams(query)), view)
  } else if (token !== undefined) go({ token: token.split(' ')[0] })
}

function nodesOf({ content }: Picture): ComponentChild[] {
  let first = true
  const nodeOf = ({ name, attributes, children }: SvgElement): ComponentChild => {
    const inside = children.map((child) => (typeof child === 'string' ? child : nodeOf(child)))
    if (!isMark(name, attributes)) return h(name, attributes, inside)
    const text = attributes['aria-label'] ?? textOf(children)
    const mark = {
      'data-mark': '',
      tabindex: first ? 0 : -1,
      role: 'button',
      'aria-label': text || nameOf(attributes),
      ...attributes,
    }
    first = false
    return h(name, mark, inside)
  }
  return content.map(nodeOf)
}

/** What can be gone through by keys. Lines between tokens are lit, but they are too many. */
function isMark(name: string, attributes: SvgElement['attributes']): boolean {
  if (['data-open', 'data-token', 'data-id'].some((key) => key in attributes)) return true
  if ('data-query' in attributes || 'data-key' in attributes) return name === 'rect' && !('data-head' in attributes)
  return 'data-head' in attributes
}

/** What a mark without text shows, for those who cannot see it: 'head 2', 'source:1 → source:0'. */
const nameOf = (attributes: SvgElement['attributes']): string =>
  ['layer', 'head', 'token', 'query', 'key', 'open']
    .filter((name) => `data-${name}` in attributes)
    .map((name) => `${name} ${attributes[`data-${name}`]}`)
    .join(', ')

const textOf = (children: SvgElement['children']): string =>
  children
    .map((child) => (typeof child === 'string' ? child : textOf(child.children)))
    .join(' ')
    .trim()
