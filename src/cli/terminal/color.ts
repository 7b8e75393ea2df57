import { WriteStream } from 'node:tty'

/** What an output can show: no color, the 16 colors of old terminals, or 256. */
export type Colors = 'none' | '16' | '256'

/**
 * What colors go to an output. FORCE_COLOR decides where it is set ('0' and 'false': none); then NO_COLOR, where it is set to anything but
 * nothing, says none; else a terminal has what it can show, and a file or a pipe none.
 */
export function colorsOf(output: { isTTY?: boolean }, env: NodeJS.ProcessEnv): Colors {
  const { FORCE_COLOR: forced, NO_COLOR, ...rest } = env
  if (forced === '0' || forced === 'false') return 'none'
  if (forced !== undefined) return forced === '1' ? '16' : '256'
  if (NO_COLOR || !output.isTTY) return 'none'
  const depth = WriteStream.prototype.getColorDepth.call(output as WriteStream, rest)
  return depth >= 8 ? '256' : depth > 1 ? '16' : 'none'
}

/** A text in a color of the 16, which old terminals have too; `code`: of SGR, 32 is green. */
export const inColor = (text: string, code: number, colors: Colors): string =>
  colors === 'none' ? text : `\x1b[${code}m${text}\x1b[39m`
