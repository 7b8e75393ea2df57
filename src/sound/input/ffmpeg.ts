import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { GlassformerError } from '../../base/errors.ts'
import { fileError } from '../../formats/disk/read-file.ts'
import type { ByteChunks } from '../formats/byte-reader.ts'
import type { SoundStream } from '../formats/wav.ts'
import { RATE } from '../signal/mel-filters.ts'
import { packageFor } from './packages.ts'

/** Containers that ffmpeg may open: none that names other files, as playlists do. */
const CONTAINERS =
  'aac,ac3,adts,aiff,amr,amrnb,amrwb,asf,au,avi,caf,eac3,flac,flv,matroska,mov,mp2,mp3,mpeg,mpegts,ogg,w64,wav'

/** Bytes of what ffmpeg says that are kept for a message. */
const MOST_SAID = 4096

/** Has ffmpeg read a file of a `kind` of its own, to one channel at 16 kHz. @throws GlassformerError ERR_FFMPEG while it is read */
export const decodeByFfmpeg = (path: string, kind: string): SoundStream => ({
  rate: RATE,
  channels: 1,
  samples: decoded(path, kind),
})

/**
 * The same for bytes that are in no file. They are written to one, because ffmpeg must go back and forth in many formats.
 */
export const decodeBytesByFfmpeg = (bytes: ByteChunks, kind: string): SoundStream => ({
  rate: RATE,
  channels: 1,
  samples: throughFile(bytes, kind),
})

async function* throughFile(bytes: ByteChunks, kind: string): AsyncGenerator<Float32Array, void, undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'glassformer-'))
  const path = join(folder, 'sound')
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      for await (const chunk of bytes) await file.writeFile(chunk)
    } catch (cause) {
      throw fileError('write', path, cause)
    } finally {
      await file.close()
    }
    yield* decoded(path, kind)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function* decoded(path: string, kind: string): AsyncGenerator<Float32Array, void, undefined> {
  const input = ['-protocol_whitelist', 'file', '-format_whitelist', CONTAINERS, '-i', `file:${path}`]
  const output = ['-map', '0:a:0', '-f', 'f32le', '-ac', '1', '-ar', String(RATE), 'pipe:1']
  const child = spawn('ffmpeg', ['-nostdin', '-v', 'error', ...input, ...output], { stdio: ['ignore', 'pipe', 'pipe'] })
  const { ended, said } = watched(child)
  try {
    yield* floats(child.stdout)
    const code = await ended
    if (code !== 0) throw new GlassformerError('ERR_FFMPEG', `${path} (${kind}): ffmpeg cannot read it: ${said()}`)
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? missing(path, kind) : error
  } finally {
    child.kill()
  }
}

/** Collects what a process says, and tells how it ends; rejects where it cannot be started. */
function watched(child: ChildProcessByStdio<null, Readable, Readable>) {
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-MOST_SAID)
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  ended.catch(() => {}) // awaited only where the output has come to its end
  return { ended, said: () => words.trim().split('\n').at(-1) || 'it says nothing' }
}

async function* floats(bytes: AsyncIterable<Buffer>): AsyncGenerator<Float32Array, void, undefined> {
  let left: Uint8Array = new Uint8Array(0)
  for await (const chunk of bytes) {
    const all = new Uint8Array(left.length + chunk.length)
    all.set(left)
    all.set(chunk, left.length)
    const count = all.length >> 2
    left = all.slice(4 * count)
    if (count > 0) yield new Float32Array(all.buffer, 0, count)
  }
}

function missing(path: string, kind: string): GlassformerError {
  const name = packageFor(kind)
  return new GlassformerError(
    'ERR_FFMPEG',
    `${path}: this is ${kind}, for which ${name === undefined ? '' : `${name} or `}ffmpeg is needed, and there is no ffmpeg on the PATH: ` +
      `${name === undefined ? '' : `npm install ${name}, or `}install ffmpeg, or convert the file to WAV or FLAC`,
  )
}
