/**
 * A picture as a tree of SVG elements: plain data, of which files get a string (`svgText`) and the page gets nodes. Whoever draws
 * names colors as the palette has them; what writes the picture puts the theme's colors in their place. Marks say what they
 * show in `data-` attributes ('data-token': 'source:3'), by which the page finds them.
 */
export interface SvgElement {
  name: string
  attributes: Readonly<Record<string, string | number>>
  children: readonly (SvgElement | string)[]
}

/** A whole picture: its size in pixels, what it is called, and in a sentence what it shows (for those who cannot see it). */
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

/** A text as it stands in HTML and SVG, between tags or within quotation marks. Characters that XML has not are dropped. */
export const escaped = (text: string): string =>
  text
    .replace(/[\ud800-\udfff]/gu, '\ufffd') // half of a character
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to drop
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '')
    .replace(/[&<>"']/g, (character) => entities[character])
