/** The number of bytes of the character that begins with this byte; 1 for a byte that cannot begin a character. */
export function characterLength(leadByte: number): number {
  return leadByte < 0xc0 ? 1 : leadByte < 0xe0 ? 2 : leadByte < 0xf0 ? 3 : 4
}

/**
 * The text of UTF-8 bytes. Every byte outside valid characters becomes one U+FFFD, as SentencePiece decodes byte
 * pieces. (TextDecoder makes one U+FFFD of several bytes, and drops a byte order mark.)
 */
export function decodeUtf8(bytes: ArrayLike<number>, begin: number, end: number): string {
  let text = ''
  let at = begin
  while (at < end) {
    const lead = bytes[at]
    if (lead < 0x80) {
      text += String.fromCharCode(lead)
      at++
      continue
    }
    const length = validLength(bytes, at, end)
    if (length === 0) {
      text += '\ufffd'
      at++
      continue
    }
    let code = lead & (0xff >> (length + 1))
    for (let k = 1; k < length; k++) code = (code << 6) | (bytes[at + k] & 0x3f)
    text += String.fromCodePoint(code)
    at += length
  }
  return text
}

/** The number of bytes of the valid multi-byte character at `at`, or 0; see table 3-7 of the Unicode standard. */
function validLength(bytes: ArrayLike<number>, at: number, end: number): number {
  const lead = bytes[at]
  if (lead < 0xc2 || lead > 0xf4) return 0
  const length = characterLength(lead)
  if (at + length > end) return 0
  const second = bytes[at + 1]
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  if (second < lowest || second > highest) return 0
  for (let k = 2; k < length; k++) if ((bytes[at + k] & 0xc0) !== 0x80) return 0
  return length
}
