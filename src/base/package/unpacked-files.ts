import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The key of the list of files among the assets of a single executable; `glassformer files --sea` writes both. */
const LIST = 'glassformer/files.json'

/** The part of node:sea that is used; @types/node of Node.js 20 lacks the module. */
interface Sea {
  isSea(): boolean
  getAsset(key: string, encoding: 'utf8'): string
  getRawAsset(key: string): ArrayBuffer
}

/**
 * The package's files from the assets of a Node.js single executable, or undefined. They are written to a new folder of
 * the system's temporary files, because threads and addons start from files; the folder is removed when the process
 * ends.
 */
export function unpackedFiles(): URL | undefined {
  const sea = process.getBuiltinModule?.('node:sea' as 'node:fs') as unknown as Sea | undefined
  if (!sea?.isSea()) return undefined
  const paths = listIn(sea)
  if (!paths) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'glassformer-'))
  process.on('exit', () => removed(folder))
  for (const path of paths) {
    const target = join(folder, path)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, new Uint8Array(sea.getRawAsset(`glassformer/${path}`)))
  }
  return pathToFileURL(`${folder}/`)
}

function listIn(sea: Sea): string[] | undefined {
  try {
    return JSON.parse(sea.getAsset(LIST, 'utf8'))
  } catch {
    return undefined // this executable has no assets of ours
  }
}

function removed(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {
    // Windows keeps the file of a loaded addon.
  }
}
