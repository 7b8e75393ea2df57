import { WriteStream } from 'node:tty'

/** The colors that an output supports: none, the 16 colors of old terminals, or 256. */
export type Colors = 'none' | '16' | '256'

/**
 * The colors to write to an output. FORCE_COLOR decides where it is set ('0' and 'false': none); then NO_COLOR, where
 * it is set and not empty, means none; otherwise a terminal gets the colors it supports, and a file or a pipe none.
 */
export function colorsOf(output: { isTTY?: boolean }, env: NodeJS.ProcessEnv): Colors {
  const { FORCE_COLOR: forced, NO_COLOR, ...rest } = env
  if (forced === '0' || forced === 'false') return 'none'
  if (forced !== undefined) return forced === '1' ? '16' : '256'
  if (NO_COLOR || !output.isTTY) return 'none'
  const depth = WriteStream.prototype.getColorDepth.call(output as WriteStream, rest)
  return depth >= 8 ? '256' : depth > 1 ? '16' : 'none'
}

/** A text in one of the 16 colors of old terminals; `code` is an SGR code: 32 is green. */
export const inColor = (text: string, code: number, colors: Colors): string =>
  colors === 'none' ? text : `\x1b[${code}m${text}\x1b[39m`
