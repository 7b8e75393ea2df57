/** Where the package is bundled, a worker thread starts with this: it takes what was compiled of the thread's code before. */
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { scriptOf } from '../compiled-code.ts'

const code = fileURLToPath(new URL('./worker.cjs', import.meta.url))
scriptOf(code).runInThisContext()(createRequire(code), code)
