/** Packs tarballs tighter than npm does: 7-Zip searches longer for the same format, and finds 3%. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { path7za } from '7zip-bin'

/** The header of a gzip file without a name and a time, so that the same content has the same bytes. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255])

/** Replaces a .tgz by one of the same content. */
export function makeSmaller(path: string): void {
  const content = gunzipSync(readFileSync(path))
  const folder = mkdtempSync(join(tmpdir(), 'glassformer-smaller-'))
  try {
    const packed = join(folder, 'packed.gz')
    chmodSync(path7za, 0o755) // npm has installed it as a file that is not executable
    const options = { input: content, encoding: 'utf8', maxBuffer: 2 ** 26 } as const
    const { status, stdout, error } = spawnSync(path7za, ['a', '-tgzip', '-mx=9', '-si', packed], options)
    if (status !== 0) throw new Error(`7-Zip cannot pack ${path}: ${error?.message ?? stdout}`)
    const made = withoutHeader(readFileSync(packed))
    if (!gunzipSync(made).equals(content)) throw new Error(`7-Zip has packed something else than ${path}`)
    writeFileSync(path, made)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A gzip file with the fixed header; its own may have a name behind the ten bytes that all have. */
function withoutHeader(file: Buffer): Buffer {
  const hasName = (file[3] & 8) !== 0
  const begin = hasName ? file.indexOf(0, HEADER.length) + 1 : HEADER.length
  return Buffer.concat([HEADER, file.subarray(begin)])
}
