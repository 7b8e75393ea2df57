/**
 * Runs scripts in TypeScript on versions of Node.js that strip no types: `node --import ./scripts/typescript.mjs
 * scripts/compile.ts`. Newer versions do it by themselves. The bundler, which takes the types away, is loaded with the
 * first such script, so that setup imports this file before any package is installed.
 */
import { readFile } from 'node:fs/promises'
import { register } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'

if (isMainThread && !process.features.typescript) register(import.meta.url)

/** Node.js calls this for each module, in a thread of its own. */
export async function load(url, context, nextLoad) {
  if (!url.endsWith('.ts')) return nextLoad(url, context)
  const { transform } = await import('rolldown/utils')
  const path = fileURLToPath(url)
  const { code, errors } = await transform(path, await readFile(path, 'utf8'), { sourcemap: false })
  if (errors.length) throw new SyntaxError(errors.map(({ message }) => message).join('\n'))
  return { format: 'module', shortCircuit: true, source: code }
}
