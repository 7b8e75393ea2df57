import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A Python with other implementations to compare with: GLASSFORMER_PYTHON. */
const python = process.env.GLASSFORMER_PYTHON

/** Why checks against a Python library cannot run; null if they can. */
export function lacks(library: 'sentencepiece' | 'transformers' | 'lemmaturk' | 'peft'): string | null {
  if (python === undefined) return `GLASSFORMER_PYTHON names no Python with ${library}`
  try {
    execFileSync(python, ['-c', `import ${library}`], { stdio: 'ignore' })
    return null
  } catch {
    return `${python} cannot import ${library}`
  }
}

/** Runs a script of this folder; it reads JSON from its input and writes JSON. */
// biome-ignore lint/suspicious/noExplicitAny: a script answers whatever it likes.
export function runPython(script: string, input: object): any {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const output = execFileSync(python!, [path], {
    input: JSON.stringify(input),
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  return JSON.parse(output.toString())
}
