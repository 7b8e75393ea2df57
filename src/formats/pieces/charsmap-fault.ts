import { LONGEST_PIECE } from '../../base/limits.ts'

/**
 * The fault in the rules of a normalizer (precompiled_charsmap) and its byte offset; null for usable rules. Rules are a
 * uint32 length, a Darts double array of that many bytes, and NUL-terminated replacements.
 */
export function charsmapFault(rules: Uint8Array): { at: number; what: string } | null {
  const trieBytes = rules.length >= 4 ? new DataView(rules.buffer, rules.byteOffset).getUint32(0, true) : -1
  if (trieBytes < 4 || trieBytes % 4 !== 0 || trieBytes > rules.length - 5)
    return { at: 0, what: 'the normalization rules (precompiled_charsmap) do not hold what their header says' }
  if (rules[rules.length - 1] !== 0)
    return { at: 0, what: 'the last text of the normalization rules (precompiled_charsmap) does not end' }
  // A text that grew by a long replacement for each of its characters would exhaust memory.
  for (let begin = 4 + trieBytes; begin < rules.length; ) {
    const end = rules.lastIndexOf(0, Math.min(begin + LONGEST_PIECE, rules.length - 1))
    if (end < begin)
      return {
        at: begin,
        what: `a text of the normalization rules (precompiled_charsmap) has more than ${LONGEST_PIECE} bytes`,
      }
    begin = end + 1
  }
  return null
}
