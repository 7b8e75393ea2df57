import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sharedFolder } from '../../../shared-folder.ts'

/** The folders of CTranslate2 that lie in the repository, and what CTranslate2 makes of them. */
export const golden = fileURLToPath(new URL('../../../golden/ctranslate2', import.meta.url))

/** All 40 folders; null where they are not there. */
export const allGoldens =
  sharedFolder !== null && existsSync(join(sharedFolder, 'golden', 'ctranslate2'))
    ? join(sharedFolder, 'golden', 'ctranslate2')
    : null

export interface Hypothesis {
  tokens: string[]
  score: number
}

type Search = 'greedy' | 'beam4' | 'beam4 length 0.2'

interface Expected {
  sources: string[][]
  targets: string[][]
  letters: string[][]
  argos: { lines: string[]; texts: string[] }
  folders: Record<
    string,
    Record<Search, Hypothesis[][]> & {
      target_prefix?: string | null
      score: { tokens: string[]; log_probs: number[] }[]
    }
  >
}

export const readExpected = (root: string): Expected => JSON.parse(readFileSync(join(root, 'expected.json'), 'utf8'))

/** The searches of the goldens, as our options have them. */
export const searches = {
  greedy: { beams: 1 },
  beam4: { beams: 4, alternatives: 4 },
  'beam4 length 0.2': { beams: 4, alternatives: 4, lengthPenalty: 0.2 },
} as const satisfies Record<Search, object>

/** The sources of a folder, and the targets that are scored. */
export function pairsOf(folder: string, { sources, targets, letters }: Expected) {
  return folder.startsWith('fixtures/')
    ? { sources: letters, targets: letters.map(() => [...'atzmon']) }
    : { sources, targets }
}
