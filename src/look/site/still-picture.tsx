import { type ComponentChild, h } from 'preact'
import { useId } from 'preact/hooks'
import type { Picture, SvgElement } from '../../draw/marks/element.ts'

/** A drawn picture whose marks do nothing. One that is wider than the page is scrolled. */
export function StillPicture({ picture }: { picture: Picture }) {
  const described = useId()
  const { width, height, title, description, content } = picture
  return (
    <section class="picture-frame scroll" aria-label={title}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <div class="scrolled" tabIndex={0}>
        <svg
          class="picture"
          viewBox={`0 0 ${width} ${height}`}
          width={width}
          height={height}
          role="img"
          aria-label={title}
          aria-describedby={described}
        >
          {content.map(nodeOf)}
        </svg>
      </div>
      <p id={described} class="unseen">
        {description}
      </p>
    </section>
  )
}

const nodeOf = ({ name, attributes, children }: SvgElement): ComponentChild =>
  h(
    name,
    attributes,
    children.map((child) => (typeof child === 'string' ? child : nodeOf(child))),
  )
