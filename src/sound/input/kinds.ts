import { isFlac } from '../formats/flac/index.ts'
import { isWav } from '../formats/wav-header.ts'

/** Bytes of a file by which its format is told. */
export const HEAD = 40

type Test = (head: Uint8Array, text: string) => boolean

/** Formats that are read by other programs: ffmpeg in Node.js, and the browser in a page. */
const others: [string, Test][] = [
  ['MP3', (head, text) => text.startsWith('ID3') || (head[0] === 0xff && (head[1] & 0xe6) > 0xe0 && head[2] >> 4 < 15)],
  ['AAC', (head, text) => (head[0] === 0xff && (head[1] & 0xf6) === 0xf0) || text.startsWith('ADIF')],
  ['Ogg', (_, text) => text.startsWith('OggS')],
  ['MP4', (_, text) => ['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip'].includes(text.slice(4, 8))],
  ['WebM or Matroska', (_, text) => text.startsWith('\x1a\x45\xdf\xa3')],
  ['AIFF', (_, text) => text.startsWith('FORM') && text.slice(8, 11) === 'AIF'],
  ['WAV with its bytes in the other order', (_, text) => text.startsWith('RIFX')],
  ['AVI', (_, text) => text.startsWith('RIFF') && text.slice(8, 11) === 'AVI'],
  ['Wave64', (_, text) => text.startsWith('riff\x2e\x91\xcf\x11')],
  ['Core Audio', (_, text) => text.startsWith('caff')],
  ['AU', (_, text) => text.startsWith('.snd')],
  ['AMR', (_, text) => text.startsWith('#!AMR')],
  ['Windows Media', (_, text) => text.startsWith('\x30\x26\xb2\x75\x8e\x66\xcf\x11')],
  ['FLV', (_, text) => text.startsWith('FLV\x01')],
  ['MPEG', (_, text) => text.startsWith('\x00\x00\x01\xba')],
  ['AC-3', (_, text) => text.startsWith('\x0b\x77')],
]

/**
 * The format of a file by its first bytes: 'WAV', 'FLAC', the name of a format that other programs read, or null for
 * what no format of sound begins with.
 */
export function kindOfSound(head: Uint8Array): string | null {
  if (isWav(head)) return 'WAV'
  if (isFlac(head)) return 'FLAC'
  const text = String.fromCharCode(...head.subarray(0, HEAD))
  return others.find(([, isIt]) => isIt(head, text))?.[0] ?? null
}
