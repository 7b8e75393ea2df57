import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Kind } from './kind.ts'

const command = fileURLToPath(new URL('../../dist/bundle/glassformer.js', import.meta.url))

/** The arguments of `glassformer figure` for each file. */
const words: Record<string, string[]> = {
  'figure-heads.svg': ['heads', 'J’ai oublié mon parapluie dans le train.'],
  'figure-sweep.svg': [
    'sweep',
    'Je ne suis pas étudiant.',
    ...['--over', 'head', '--tensors', 'decoder.*.crossAttention.heads', '--measure', 'logitDifference', '--step', '2'],
    ...['--target', 'I am not a student.', '--contrast', 'a'],
  ],
  'figure-architecture.svg': ['architecture'],
}

/** Figures of the embedded model. */
export const figures: Kind = {
  files: Object.keys(words),
  make(files, folder) {
    for (const file of files) {
      const args = [command, 'figure', ...words[file], '--theme', 'either', '--output', join(folder, file)]
      const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] })
      if (status !== 0) throw new Error(`glassformer figure ${words[file].join(' ')} has failed`)
    }
  },
}
