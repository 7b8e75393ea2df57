import { GlassformerError } from '../../base/errors.ts'

/** PNG pixels for each SVG pixel. */
const DENSITY = 2

/**
 * An SVG text as a PNG file; `width` is in pixels, by default twice that of the SVG.
 * @throws GlassformerError ERR_UNSUPPORTED where @resvg/resvg-js is not installed, or there is no font for the letters
 */
export async function pngOf(svg: string, width: number | null): Promise<Uint8Array> {
  const { Resvg } = await resvg()
  const font = { loadSystemFonts: true }
  const letter = new Resvg(LETTER, { font })
  if (!letter.getBBox())
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      'a PNG needs fonts, and this system has none: install one (fonts-dejavu-core, for instance), or write an .svg',
    )
  const fitTo = width === null ? { mode: 'zoom' as const, value: DENSITY } : { mode: 'width' as const, value: width }
  return new Resvg(svg, { font, fitTo }).render().asPng()
}

const LETTER =
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9" font-family="sans-serif">a</text></svg>'

async function resvg(): Promise<typeof import('@resvg/resvg-js')> {
  try {
    return await import('@resvg/resvg-js')
  } catch (cause) {
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      'a PNG is drawn by @resvg/resvg-js, which is not installed: npm install @resvg/resvg-js, or write an .svg',
      { cause },
    )
  }
}
