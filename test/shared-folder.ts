import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const path = process.env.GLASSFORMER_SHARED ?? fileURLToPath(new URL('../../shared', import.meta.url))

/** The folder of goldens, data and reference models beside the repository; null where it is not there. */
export const sharedFolder: string | null = existsSync(path) ? path : null
