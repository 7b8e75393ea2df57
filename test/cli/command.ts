import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../../dist/cli/glassformer.js', import.meta.url))

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Starts the built command as a user's shell would. */
export function start(args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  return spawn(process.execPath, [script, ...args], { stdio: 'pipe', ...options })
}

/** Everything that a command prints until it ends. */
export function ended(child: ChildProcess): Promise<Ended> {
  const text = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk
    })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...text })))
}

/** Runs the command with `input` on its standard input. */
export function glassformer(
  args: readonly string[],
  input: string | Buffer = '',
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const child = start(args, { env: { ...process.env, ...env } })
  child.stdin!.on('error', () => {}) // a command that fails at once does not read
  child.stdin!.end(input)
  return ended(child)
}

/** The command line that a shell runs. */
export const shellCommand = (args: string) => `'${process.execPath}' '${script}' ${args}`
