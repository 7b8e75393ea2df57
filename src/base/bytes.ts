import { kindOf } from './values/value-class.ts'

// Texts as bytes. Node's Buffer is several times as fast as TextEncoder and TextDecoder, so it is used where it exists.

const buffers = (globalThis as { Buffer?: typeof Buffer }).Buffer
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

// biome-ignore lint/style/noNonNullAssertion: called where there is a Buffer
const viewed = ({ buffer, byteOffset, byteLength }: ArrayBufferView) => buffers!.from(buffer, byteOffset, byteLength)

/** A text in UTF-8; a lone surrogate becomes U+FFFD. */
export const utf8Of = (text: string): Uint8Array => (buffers ? buffers.from(text) : encoder.encode(text))

/** The number of bytes of a text in UTF-8. */
export const utf8Length = (text: string): number => (buffers ? buffers.byteLength(text) : encoder.encode(text).length)

/** The function that Buffer.toString('utf8', …) calls; for texts of a few letters it takes a fifth of the time. */
type FastBuffer = Buffer & { utf8Slice(begin: number, end: number): string }

/** Returns a reader of UTF-8 texts in `bytes`, from `begin` to `end`. Bytes that are not UTF-8 become U+FFFD. */
export function utf8Reader(bytes: Uint8Array): (begin: number, end: number) => string {
  if (!buffers) return (begin, end) => decoder.decode(unshared(bytes.subarray(begin, end)))
  const buffer = viewed(bytes) as FastBuffer
  return (begin, end) => buffer.utf8Slice(begin, end)
}

/** Browsers refuse to decode shared memory. */
const unshared = (bytes: Uint8Array) => (kindOf(bytes.buffer) === 'ArrayBuffer' ? bytes : bytes.slice())

/** Number of bytes that one call passes as arguments. */
const ARGUMENTS = 1 << 13

/** A text with a character, U+0000 to U+00FF, for each byte. */
export function latin1Of(bytes: Uint8Array): string {
  if (buffers) return viewed(bytes).toString('latin1')
  let text = ''
  for (let at = 0; at < bytes.length; at += ARGUMENTS)
    text += String.fromCharCode(...bytes.subarray(at, at + ARGUMENTS))
  return text
}

/** The index of the first byte with this value; -1 where there is none. */
export const indexOfByte = (bytes: Uint8Array | Int8Array, byte: number): number =>
  buffers ? viewed(bytes).indexOf(byte) : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(byte)

export const areSameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && (buffers ? buffers.compare(a, b) === 0 : a.every((byte, i) => byte === b[i]))
