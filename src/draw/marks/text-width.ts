/**
 * Character widths in ems, of a wide sans-serif such as DejaVu Sans: texts in other fonts are narrower than estimated.
 */
const widths: [RegExp, number][] = [
  [/\p{M}|\p{Cf}/u, 0],
  [/[ijlI|!.,:;'’ ]/, 0.34],
  [/[frt()[\]{}/\\"“”*-]/, 0.45],
  [/[mwMWŒÆœæ@%—]/, 0.95],
  [/\p{Lu}/u, 0.7],
  [/\p{Emoji_Presentation}|\p{Extended_Pictographic}/u, 1.3],
  [/[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\u{20000}-\u{3ffff}]/u, 1.05],
]
const OTHERS = 0.63

/** Estimated width of a line of text in pixels, for a font size of `size` pixels. */
export function textWidth(text: string, size: number): number {
  let ems = 0
  for (const character of text) ems += widths.find(([characters]) => characters.test(character))?.[1] ?? OTHERS
  return ems * size
}

/**
 * The text, or the longest beginning that fits in `width` pixels with a '…' after it. Grapheme clusters are never
 * split.
 */
export function fitted(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width) return text
  let kept = ''
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)) {
    if (textWidth(`${kept}${segment}…`, size) > width) break
    kept += segment
  }
  return `${kept}…`
}
