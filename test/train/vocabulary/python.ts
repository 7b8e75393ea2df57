import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A Python that has the sentencepiece library: GLASSFORMER_PYTHON. */
const python = process.env.GLASSFORMER_PYTHON

/** Why the checks against the SentencePiece library cannot run; null if they can. */
export const noSentencePiece: string | null = reason()

function reason(): string | null {
  if (python === undefined) return 'GLASSFORMER_PYTHON names no Python with the sentencepiece library'
  try {
    execFileSync(python, ['-c', 'import sentencepiece'], { stdio: 'ignore' })
    return null
  } catch {
    return `${python} cannot import sentencepiece`
  }
}

/** Runs a script of this folder; it reads JSON from its input and writes JSON. */
// biome-ignore lint/suspicious/noExplicitAny: a script answers whatever it likes.
export function runPython(script: string, input: object): any {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const output = execFileSync(python!, [path], { input: JSON.stringify(input), maxBuffer: 1 << 28 })
  return JSON.parse(output.toString())
}
