/** The formats of texts and documents. */
export type Format = (typeof formats)[number]
export const formats = ['text', 'html', 'xml', 'markdown', 'srt', 'vtt', 'json', 'po', 'xliff'] as const

const EXTENSIONS: Record<Format, readonly string[]> = {
  text: ['txt', 'text'],
  html: ['html', 'htm', 'xhtml'],
  xml: ['xml', 'svg', 'dita', 'ditamap', 'dbk', 'rss', 'atom'],
  markdown: ['md', 'markdown', 'mdown', 'mkd'],
  srt: ['srt'],
  vtt: ['vtt'],
  json: ['json', 'arb'],
  po: ['po', 'pot'],
  xliff: ['xlf', 'xliff'],
}

/** The format by a file's extension; null for an unknown extension. */
export function formatOfFile(name: string): Format | null {
  const extension = /\.([^./\\]+)$/.exec(name)?.[1].toLowerCase() ?? ''
  return formats.find((format) => EXTENSIONS[format].includes(extension)) ?? null
}
