import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { sharedFolder } from '../../../shared-folder.ts'

const path = (part: string) => `${sharedFolder}/data/tatoeba-fr-en.${part}.tsv.gz`

/** Whether the French-English sentences exist. */
export const hasTatoeba = sharedFolder !== null && existsSync(path('train'))

/** The first pairs of a part of the French-English data. */
export function tatoeba(part: 'train' | 'valid' | 'test', count: number): { source: string; target: string }[] {
  const lines = gunzipSync(readFileSync(path(part)))
    .toString()
    .split('\n', count)
  return lines
    .filter((line) => line !== '')
    .map((line) => ({ source: line.split('\t')[0], target: line.split('\t')[1] }))
}
