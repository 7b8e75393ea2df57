/** Common parts of building addons and WebAssembly: zig, on all cores, and hashes of inputs. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { packageRoot as root } from '../native-build.mjs'
import { cacheFolder, zigEnvironment } from './zig.ts'

const execute = promisify(execFile)

export const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')

/**
 * A hash of the names and contents of all files in folders of the package; for node-addon-api and node-api-headers, of
 * their headers.
 */
export function contentHash(folders: readonly string[]): string {
  const hash = createHash('sha256')
  for (const folder of folders)
    for (const path of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).sort()) {
      const full = join(root, folder, path)
      if (/\.(cc|h|json)$/.test(path) && statSync(full).isFile())
        hash.update(`\0${folder}/${path}\0`).update(readFileSync(full))
    }
  return hash.digest('hex')
}

/** The folder of a target's objects, separate for each clone. */
export function objectsFolder(name: string): string {
  const folder = join(cacheFolder, 'objects', sha256(root).slice(0, 8), name)
  mkdirSync(folder, { recursive: true })
  return folder
}

/** Writes a file under a temporary name with the process id, and renames it. */
export function replaceFile(path: string, content: string | Buffer): void {
  const beside = `${path}.${process.pid}`
  writeFileSync(beside, content)
  renameSync(beside, path)
}

/** Calls work(item) for all items, with as many at a time as there are cores. */
export async function onAllCores<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const left = [...items]
  const worker = async () => {
    for (let item = left.shift(); item; item = left.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
}

/** Runs zig in the package's folder `folder`. Throws an Error with the compiler's words. */
export const zigIn = (folder: string, zig: string) => (args: string[]) =>
  execute(zig, args, { cwd: folder, env: zigEnvironment(), maxBuffer: 2 ** 26 }).catch((error) => {
    throw new Error(`zig ${args.join(' ')}\n${error.stderr || error.message}`)
  })
