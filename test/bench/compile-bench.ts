import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect } from 'vitest'
import { takeLock } from '../../scripts/lock.mjs'
import { root } from '../repository/repository.ts'

/** Compiles the bench: once, while other files of tests wait, and only what has changed: those may run it already. */
export async function compileBench(): Promise<void> {
  const free = await takeLock(join(root, 'bench/dist/.lock'), () => {})
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', 'bench'], { cwd: root, encoding: 'utf8' })
  free()
  expect(status, stdout).toBe(0)
}
