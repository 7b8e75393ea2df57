import { readFileSync } from 'node:fs'
import { Script } from 'node:vm'

/** Where what V8 compiled of a file is kept: beside it, for one version of Node.js on one kind of machine. */
export const compiledPath = (path: string): string =>
  `${path}.${process.version}-${process.platform}-${process.arch}.compiled`

/**
 * The code of a bundled CommonJS file as a script: running it gives a function of `require` and of its own path. Where there is what
 * V8 compiled of it before (see keepWorkerCode), and this V8 with its flags takes that, nothing needs compiling again.
 */
export function scriptOf(path: string): Script {
  return new Script(`(function (require, __filename) {${readFileSync(path, 'utf8')}\n})`, {
    filename: path,
    cachedData: compiledOf(path),
  })
}

/** None where it is not there or cannot be read: the code runs without it. */
function compiledOf(path: string): Buffer | undefined {
  try {
    return readFileSync(compiledPath(path))
  } catch {
    return undefined
  }
}
