import { createHash } from 'node:crypto'

/** Sources for a Content-Security-Policy that allow an HTML page its styles and its last script, and no others. */
export const inlineHashes = (html: string): { style: string; script: string } => ({
  style: Array.from(html.matchAll(/<style>/g), ({ index }) => hashOf(between(html, index, '</style>'))).join(' '),
  script: hashOf(between(html, html.lastIndexOf('<script>'), '</script>')),
})

/** The content of the element whose tag begins at `start`. */
function between(html: string, start: number, end: string): string {
  const begin = html.indexOf('>', start) + 1
  return html.slice(begin, html.indexOf(end, begin))
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
