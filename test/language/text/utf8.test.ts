import { describe, expect, it } from 'vitest'
import { decodeUtf8 } from '#dist/language/text/sentencepiece/utf8.js'

const decoded = (...bytes: number[]) => decodeUtf8(bytes, 0, bytes.length)

// Table 3-7 of the Unicode standard: well-formed UTF-8 byte sequences.
describe('decodeUtf8', () => {
  it('decodes the first and the last of each kind of sequence', () => {
    for (const code of [
      ...[0x7f, 0x80, 0x7ff, 0x800, 0xfff, 0x1000, 0xcfff, 0xd000, 0xd7ff, 0xe000, 0xfeff, 0xffff],
      ...[0x10000, 0x3ffff, 0x40000, 0xfffff, 0x100000, 0x10ffff],
    ]) {
      const text = `a${String.fromCodePoint(code)}b`
      expect(decoded(...Buffer.from(text))).toBe(text)
    }
  })

  it.each([
    ['a character of one byte in two', [0xc1, 0xbf]],
    ['a character of two bytes in three', [0xe0, 0x9f, 0xbf]],
    ['a character of three bytes in four', [0xf0, 0x8f, 0xbf, 0xbf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a code above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a byte that begins nothing', [0x80]],
    ['a character whose first byte is never in UTF-8', [0xf5, 0x80, 0x80, 0x80]],
    ['a character that the end cuts off', [0xe2, 0x82]],
    ['a character that a letter cuts off', [0xf0, 0x9f, 0x98, 0x41]],
  ])('makes one U+FFFD of each byte of %s', (_, bytes) => {
    const bad = bytes.filter((byte) => byte >= 0x80).length
    expect(decoded(...bytes)).toBe('\ufffd'.repeat(bad) + (bad < bytes.length ? 'A' : ''))
  })
})
