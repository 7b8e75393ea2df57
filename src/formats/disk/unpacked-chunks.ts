import { closeSync } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { chunksOf } from './read-input.ts'

const CHUNK = 1 << 18

/**
 * The bytes of a file, decompressed if it is gzip, without a byte order mark of UTF-8. `open` decides which inputs are allowed. Errors of
 * gzip are those of zlib, whose codes begin with Z_.
 */
export async function* unpackedChunks(
  path: string,
  open: (path: string) => { descriptor: number },
): AsyncGenerator<Buffer, void, undefined> {
  const { descriptor } = open(path)
  const raw = withWholeHead(chunksOf(descriptor, path))
  try {
    const first = (await raw.next()).value ?? Buffer.alloc(0)
    const rest = followed(first, raw)
    const isGzip = first[0] === 0x1f && first[1] === 0x8b
    yield* withoutMark(isGzip ? withWholeHead(gunzipped(rest)) : rest)
  } finally {
    await raw.return() // no read is in progress here
    closeSync(descriptor)
  }
}

function gunzipped(packed: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  return pipeline(Readable.from(packed, { objectMode: false }), createGunzip({ chunkSize: CHUNK }), () => {})
}

/**
 * The same bytes, with the first three in one chunk, because these identify gzip and byte order marks. A pipe may
 * return fewer at a time.
 */
async function* withWholeHead(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let head: Buffer | null = Buffer.alloc(0)
  for await (const chunk of chunks) {
    const whole: Buffer = head === null ? chunk : Buffer.concat([head, chunk])
    head = head === null || whole.length >= 3 ? null : whole
    if (head === null) yield whole
  }
  if (head !== null) yield head
}

async function* followed(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  yield first
  yield* rest
}

async function* withoutMark(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let isFirst = true
  for await (const chunk of chunks) {
    yield isFirst && chunk.indexOf('\ufeff') === 0 ? chunk.subarray(3) : chunk
    isFirst = false
  }
}
