import { escaped, type Picture, type SvgElement } from './element.ts'
import { FONT_SIZE, fonts } from './label.ts'
import { palette, paletteCss, type Theme } from './palette.ts'

/** Light or dark paper; `either` follows the reader's screen, which works in browsers and few other programs. */
export type PaperTheme = Theme | 'either'

/**
 * A picture as the text of an SVG file, or of an element within HTML: with its paper, its title, and a description for
 * blind readers. For light or dark paper every color is literal, so that any program can read it. `wide`: the display
 * width in pixels, if it differs from the drawn width.
 */
export function svgText(picture: Picture, theme: PaperTheme, wide?: number): string {
  const { title, description, content } = picture
  const [w, h] = [Math.ceil(picture.width), Math.ceil(picture.height)]
  const [width, height] = wide === undefined ? [w, h] : [wide, Math.round((h * wide) / w)]
  const write = (element: SvgElement) => elementText(element, theme)
  const paper = write({ name: 'rect', attributes: { width: w, height: h, fill: 'var(--paper)' }, children: [] })
  const drawn = content.map(write).join('\n')
  const rules = [...(theme === 'either' ? [EITHER] : []), ...(drawn.includes('<image ') ? [PIXELS] : [])]
  return `<svg xmlns="http://www.w3.org/2000/svg"${theme === 'either' ? ' class="picture"' : ''} viewBox="0 0 ${w} ${h}" width="${width}" height="${height}" role="img" font-family="${escaped(fonts)}" font-size="${FONT_SIZE}">
<title>${escaped(title)}</title>
<desc>${escaped(description)}</desc>
${rules.length ? `<style>${rules.join('\n')}</style>\n` : ''}${paper}
${drawn}
</svg>
`
}

/** This style keeps pixels square in browsers; the attribute does so in programs without this value or media rules. */
const PIXELS = '@media all { image[image-rendering] { image-rendering: pixelated; } }'

const EITHER = `.picture { ${paletteCss('light')} }
@media (prefers-color-scheme: dark) { .picture { ${paletteCss('dark')} } }`

/** Attributes with color values. */
const COLORS = new Set(['fill', 'stroke', 'stop-color', 'color'])

function elementText({ name, attributes, children }: SvgElement, theme: PaperTheme): string {
  let text = `<${name}`
  for (const [key, value] of Object.entries(attributes)) {
    let shown = COLORS.has(key) && theme !== 'either' ? colored(String(value), theme) : valueText(value)
    if (key === 'image-rendering') shown = 'optimizeSpeed'
    text += ` ${key}="${escaped(shown)}"`
  }
  if (!children.length) return `${text}/>`
  const inside = children.map((child) => (typeof child === 'string' ? escaped(child) : elementText(child, theme)))
  return `${text}>${inside.join('')}</${name}>`
}

const colored = (value: string, theme: Theme) =>
  value.replace(/^var\(--(\w+)\)$/, (_, name: keyof (typeof palette)[Theme]) => palette[theme][name])

const valueText = (value: string | number) =>
  typeof value === 'number' ? String(Math.round(value * 1000) / 1000) : value
