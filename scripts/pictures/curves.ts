import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Kind } from './kind.ts'

const example = fileURLToPath(new URL('../../examples/number-words/train.mjs', import.meta.url))

/** The curves of a short training, which is run for the picture. */
export const curves: Kind = {
  files: ['number-words-curves.svg'],
  make([file], folder) {
    const run = mkdtempSync(join(tmpdir(), 'glassformer-curves-'))
    try {
      const { status } = spawnSync(process.execPath, [example, '--output', run], {
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      if (status !== 0) throw new Error('examples/number-words/train.mjs has failed')
      copyFileSync(join(run, 'curves.svg'), join(folder, file))
    } finally {
      rmSync(run, { recursive: true, force: true })
    }
  },
}
