import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { nativeReasons } from '../backends.ts'

const script = fileURLToPath(new URL('../../dist/bundle/glassformer.js', import.meta.url))

/** Where there is no native backend the command would say so on standard error each time; asked for JavaScript it does not. */
const byDefault = nativeReasons.length ? { GLASSFORMER_BACKEND: 'js' } : {}

/** Whether the command runs models in JavaScript here, which is many times slower. */
export const isSlow = { ...byDefault, ...process.env }.GLASSFORMER_BACKEND === 'js'

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Starts the built command as a user's shell would. */
export function start(args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const env = { ...byDefault, ...process.env, ...options.env }
  return spawn(process.execPath, [script, ...args], { stdio: 'pipe', ...options, env })
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
  const child = start(args, { env })
  child.stdin!.on('error', () => {}) // a command that fails at once does not read
  child.stdin!.end(input)
  return ended(child)
}

/** A word as a shell takes it. */
export const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`

/** The command line that a shell runs. */
export const shellCommand = (...args: string[]) => {
  const environment = Object.entries(byDefault).map(([name, value]) => `${name}=${value} `)
  return environment.join('') + [process.execPath, script, ...args].map(quoted).join(' ')
}

/** Whether there is util-linux's `script`, which makes terminals. */
export const hasTerminals = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux')

/** Runs a shell command in a terminal; `stdout` is what the terminal saw. */
export const onTerminal = (command: string) =>
  spawnSync('script', ['-qec', command, '/dev/null'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SHELL: '/bin/sh' }, // not the user's own, which may quote otherwise or be none at all
  })
