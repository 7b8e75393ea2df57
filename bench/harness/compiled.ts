import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The executable of one C++ file, compiled for this machine beside the bench, and compiled again only when the file has changed.
 * Executables of the same file with other flags have another `name`.
 */
export function compiled(source: string, flags: readonly string[] = [], name = basename(source, '.cc')): string {
  const folder = fileURLToPath(new URL('../compiled', import.meta.url))
  const executable = join(folder, name)
  if (existsSync(executable) && statSync(executable).mtimeMs > statSync(source).mtimeMs) return executable
  const compiler = process.env.CXX || 'c++'
  mkdirSync(folder, { recursive: true })
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
