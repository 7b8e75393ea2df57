/**
 * Updates native/sources.json with the existing C++ files; defines, flags, and the entries of instruction sets and
 * WebAssembly are not changed.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export function sourcesFile(root: string): string {
  const text = readFileSync(join(root, 'native/sources.json'), 'utf8')
  const { wasm } = JSON.parse(text)
  const isIn = (folder: string, path: string) => path.startsWith(`native/${folder}/`)
  const files = readdirSync(join(root, 'native'), { recursive: true, encoding: 'utf8' })
    .map((path) => `native/${path.replaceAll('\\', '/')}`)
    .filter((path) => !wasm.sources.includes(path))
    .sort()
  /** Compiled for each instruction set. */
  const isKernel = (path: string) =>
    isIn('generated/kernels', path) || (isIn('kernels', path) && !isIn('kernels/ops', path))
  const list = (name: string, belongs: (path: string) => boolean, isFirst: (path: string) => boolean = () => false) =>
    `  "${name}": [\n${files
      .filter(belongs)
      .sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)))
      .map((path) => `    "${path}"`)
      .join(',\n')}\n  ],\n`
  const lists = [
    list(
      'core',
      (path) => path.endsWith('.cc') && !['mpi', 'kernels', 'generated/kernels'].some((folder) => isIn(folder, path)),
    ),
    // The panels come first, because they take longest to compile.
    list(
      'kernels',
      (path) => path.endsWith('.cc') && isKernel(path),
      (path) => isIn('kernels/panels', path),
    ),
    list('included', (path) => path.endsWith('.h') || isIn('kernels/ops', path)),
    list('mpi', (path) => path.endsWith('.cc') && isIn('mpi', path)),
  ]
  return `{\n${lists.join('')}${text.slice(text.indexOf('  "defines"'))}`
}
