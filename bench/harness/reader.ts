import { fileURLToPath } from 'node:url'
import { Child } from './child.ts'
import { compiled } from './compiled.ts'

const source = fileURLToPath(new URL('../../harness/read-weights.cc', import.meta.url))

/** A loop that only reads memory, in a separate process. @throws Error where it cannot be compiled */
export const openReader = async (): Promise<Child> => Child.open(compiled(source, ['-pthread']), [])
