import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

export const readText = (path: string) => readFileSync(join(root, path), 'utf8')
export const readJson = (path: string) => JSON.parse(readText(path))

/** The paths of the files under version control that are in the working tree; null outside a git checkout. */
export function committedFiles(): string[] | null {
  try {
    const listing = execFileSync('git', ['ls-files', '-z'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return listing.split('\0').filter((path) => path !== '' && existsSync(join(root, path)))
  } catch {
    return null
  }
}
