import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { constants, gzipSync } from 'node:zlib'
import type { PackedFile, PackHeader } from '../../src/look/site/model-pack.ts'

/** Files of a model's folder that no translation reads. */
const UNREAD = /^(package\.json|confidence\.json|.*\.(md|svg))$/

/** Fewest bytes in common for which a file is stored by its difference from another one. */
const WORTH = 4096

/** The settings with which weights in int8 become smallest. */
const smallest = { level: 9, memLevel: 9, strategy: constants.Z_FILTERED }

/** A model's folder as the pack that `unpackedFiles` reads, zipped; `file` is a name that changes with its contents. */
export function packModel(folder: string): { file: string; bytes: Uint8Array } {
  const contents = new Map<string, Buffer>()
  for (const name of readdirSync(folder).sort())
    if (!UNREAD.test(name)) contents.set(name, readFileSync(join(folder, name)))
  const header: PackHeader = { name: basename(folder), files: [] }
  const own: Buffer[] = []
  for (const [name, bytes] of contents) {
    const like = likest(name, bytes, contents)
    header.files.push({ name, size: bytes.length, ...(like && { like }) })
    own.push(like ? bytes.subarray(like.first, bytes.length - like.last) : bytes)
  }
  const told = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(told.length)
  const bytes = gzipSync(Buffer.concat([length, told, ...own]), smallest)
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 8)
  return { file: `${header.name}-${digest}.pack`, bytes }
}

/** The file before `name` that has the most bytes in common with it at beginning and end. */
function likest(name: string, bytes: Buffer, contents: ReadonlyMap<string, Buffer>): PackedFile['like'] {
  let best: PackedFile['like']
  for (const [other, theirs] of contents) {
    if (other === name) break
    const most = Math.min(bytes.length, theirs.length)
    let first = 0
    while (first < most && bytes[first] === theirs[first]) first++
    let last = 0
    while (last < most - first && bytes.at(-1 - last) === theirs.at(-1 - last)) last++
    if (first + last >= Math.max(WORTH, (best?.first ?? 0) + (best?.last ?? 0))) best = { name: other, first, last }
  }
  return best
}
