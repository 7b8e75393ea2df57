import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const index = new URL('../../../dist/index.js', import.meta.url).href

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/**
 * Runs a module that may use `Translator` in a process of its own, with `flags` of Node.js; it must end by itself
 * before the test's time limit.
 */
export function runScript(code: string, env: NodeJS.ProcessEnv = {}, flags: string[] = []): Promise<Ended> {
  const whole = `import { Translator } from ${JSON.stringify(index)}\n${code}`
  const child = spawn(process.execPath, [...flags, '--input-type=module', '--eval', whole], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    env: { ...process.env, ...env },
    timeout: 100_000,
  })
  const text = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk
    })
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, ...text })))
}

/** URL of the package's main module, for scripts that import it in worker threads. */
export const packageUrl = index
