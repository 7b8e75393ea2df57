import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The executable of one C++ file, compiled for this machine, beside the bench unless `executable` says where, and compiled again only when
 * the file has changed.
 */
export function compiled(source: string, flags: readonly string[] = [], executable = besideBench(source)): string {
  if (existsSync(executable) && statSync(executable).mtimeMs > statSync(source).mtimeMs) return executable
  const compiler = process.env.CXX || 'c++'
  mkdirSync(dirname(executable), { recursive: true })
  try {
    const [command, ...words] = compiler.split(' ')
    execFileSync(command, [...words, '-std=c++17', '-O3', '-march=native', source, '-o', executable, ...flags], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: Buffer }
    const why = stderr?.toString().trim().split('\n').at(-1) || message
    throw new Error(`${basename(source)} could not be compiled by '${compiler}': ${why}`)
  }
  return executable
}

const besideBench = (source: string) =>
  join(fileURLToPath(new URL('../compiled', import.meta.url)), basename(source, '.cc'))
