/**
 * A picture as a tree of SVG elements: plain data, which `svgText` converts to a string for files and the page converts
 * to nodes. Drawing code names colors of the palette; the code that writes the picture replaces them by the theme's
 * colors. Marks carry their subject in `data-` attributes ('data-token': 'source:3'), by which the page finds them.
 */
export interface SvgElement {
  name: string
  attributes: Readonly<Record<string, string | number>>
  children: readonly (SvgElement | string)[]
}

/** A whole picture: its size in pixels, its title, and a one-sentence description for blind readers. */
export interface Picture {
  width: number
  height: number
  title: string
  description: string
  content: readonly SvgElement[]
}

export function svg(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly (SvgElement | string)[]
): SvgElement {
  return { name, attributes, children }
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/**
 * A text escaped for HTML and SVG, between tags or within quotation marks. Characters that XML forbids are dropped.
 */
export const escaped = (text: string): string =>
  text
    .replace(/[\ud800-\udfff]/gu, '\ufffd') // half of a surrogate pair
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to drop
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '')
    .replace(/[&<>"']/g, (character) => entities[character])
