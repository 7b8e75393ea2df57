import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sharedFolder } from '../../shared-folder.ts'

const own = fileURLToPath(new URL('../../golden/tokenizers/', import.meta.url))
const shared = sharedFolder === null ? null : `${sharedFolder}/golden/tokenizers/`

/** All golden values of tokenizers where the shared folder is there, else the part that the repository has. */
export const goldenFolder = shared !== null && existsSync(shared) ? shared : own

/** Whether `goldenFolder` has everything. */
export const hasAllGoldens = goldenFolder === shared

export const goldenNames = readdirSync(goldenFolder)

export const goldenBytes = (name: string): Uint8Array => readFileSync(goldenFolder + name)

// biome-ignore lint/suspicious/noExplicitAny: golden files have whatever the script beside them writes.
export const goldenJson = (name: string): any => JSON.parse(readFileSync(goldenFolder + name, 'utf8'))

export const lines: string[] = goldenJson('lines.json').text
