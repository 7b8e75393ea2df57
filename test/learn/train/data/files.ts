import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'glassformer-data-'))
afterAll(() => rmSync(folder, { recursive: true }))

let count = 0

/** A file with this content in a folder that is removed after the tests of the file; returns its path. */
export function file(content: string | Uint8Array): string {
  const path = join(folder, `file-${count++}`)
  writeFileSync(path, content)
  return path
}

/** All items of an iterator. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

/** A list as a stream that can be read again. */
export function stream<T>(items: readonly T[]): AsyncIterable<T> {
  return {
    async *[Symbol.asyncIterator]() {
      yield* items
    },
  }
}
