import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { lackOfRegistry } from '../../repository/installing.ts'
import { root } from '../../repository/repository.ts'

/** The JSON output of a program. It runs beside the server, which answers its requests. */
export async function printed(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env } })
  const text = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk
    })
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(code, text.stderr).toBe(0)
  return JSON.parse(text.stdout)
}

/** Packages of Python in a folder of their own, which is kept; or why they cannot be had. */
export function pythonPackages(...packages: string[]): { folder: string; skipped?: string } {
  const folder = join(root, 'node_modules/.cache/glassformer-tests', `python-${packages.join('-')}`)
  if (existsSync(folder)) return { folder }
  const beside = `${folder}.${process.pid}`
  mkdirSync(beside, { recursive: true })
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', beside, ...packages]
  const { status, stderr, error } = spawnSync('python3', args, { encoding: 'utf8' })
  if (status === 0) renameSync(beside, folder)
  else rmSync(beside, { recursive: true, force: true })
  if (status === 0) return { folder }
  if (error || /No module named pip/.test(stderr)) return { folder, skipped: 'there is no python3 with pip' }
  const lack =
    lackOfRegistry(stderr) ??
    (/Could not find a version|ConnectionError|NewConnectionError/.test(stderr) ? 'no packages of Python' : undefined)
  if (!lack) throw new Error(stderr)
  return { folder, skipped: lack }
}
