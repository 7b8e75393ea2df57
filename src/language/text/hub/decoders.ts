import { decodeUtf8 } from '../../../formats/disk/utf8.ts'
import { cleanUpSpaces } from '../sentences/spaces.ts'
import { fromByteCharacters } from './byte-level.ts'
import type { Spec } from './spec.ts'

/** One step from tokens to a text: it returns other tokens, whose texts are joined after all steps. */
export type DecodeStep = (tokens: readonly string[]) => readonly string[]

/** The decoders of a tokenizer.json by their types, with the results of the tokenizers library. */
const decoders: Readonly<Record<string, (spec: Spec) => DecodeStep>> = {
  Sequence: (spec) => {
    const steps = spec.parts('decoders').map(createDecoder)
    return (tokens) => steps.reduce((so_far, step) => step(so_far), tokens)
  },
  Metaspace: (spec) =>
    metaspace(
      spec.text('replacement', '\u2581'),
      spec.text('prepend_scheme', spec.flag('add_prefix_space', true) ? 'always' : 'never') !== 'never',
    ),
  WordPiece: (spec) => wordPieces(spec.text('prefix', '##'), spec.flag('cleanup', true)),
  ByteLevel: () => (tokens) => [fromByteCharacters(tokens)],
  ByteFallback: () => byteFallback,
  Fuse: () => (tokens) => [tokens.join('')],
  Replace: (spec) => {
    const pattern = spec.pattern('pattern')
    const content = spec.text('content')
    return (tokens) => tokens.map((token) => token.replace(pattern, () => content))
  },
  Strip: (spec) => {
    const content = spec.text('content')
    const [start, stop] = [spec.natural('start', 0), spec.natural('stop', 0)]
    return (tokens) => tokens.map((token) => stripped(token, content, start, stop))
  },
}

export function createDecoder(spec: Spec): DecodeStep {
  if (!Object.hasOwn(decoders, spec.type)) throw spec.unsupported(Object.keys(decoders))
  return decoders[spec.type](spec)
}

/** Pieces that go on with a word lose their prefix, others follow a space, which `cleansUp` takes away before some signs. */
const wordPieces =
  (prefix: string, cleansUp: boolean): DecodeStep =>
  (tokens) =>
    tokens.map((token, i) => {
      const text = i === 0 ? token : token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`
      return cleansUp ? cleanUpSpaces(text) : text
    })

/** Every mark becomes a space, but the mark of the first token is removed where texts begin with an added mark. */
export const metaspace =
  (mark: string, isPrepended: boolean): DecodeStep =>
  (tokens) =>
    tokens.map((token, i) => token.replaceAll(mark, i === 0 && isPrepended ? '' : ' '))

/** Tokens `<0xE2>` become characters where all bytes of a run are UTF-8; otherwise each byte of the run becomes U+FFFD. */
function byteFallback(tokens: readonly string[]): string[] {
  const decoded: string[] = []
  let bytes: number[] = []
  const flush = () => {
    if (bytes.length === 0) return
    const marked = Uint8Array.from(bytes)
    // decodeUtf8 drops a byte order mark, which must stay here.
    const hasMark = marked[0] === 0xef && marked[1] === 0xbb && marked[2] === 0xbf
    const text = decodeUtf8(marked)
    if (text !== null) decoded.push(hasMark ? `\ufeff${text}` : text)
    else for (let i = 0; i < bytes.length; i++) decoded.push('\ufffd')
    bytes = []
  }
  for (const token of tokens) {
    const byte = /^<0x([0-9a-fA-F]{2})>$/.exec(token)
    if (byte) bytes.push(Number.parseInt(byte[1], 16))
    else {
      flush()
      decoded.push(token)
    }
  }
  flush()
  return decoded
}

function stripped(token: string, content: string, start: number, stop: number): string {
  let begin = 0
  while (begin < start && token.startsWith(content, begin * content.length)) begin++
  let end = token.length
  for (let k = 0; k < stop && end > begin * content.length && token.endsWith(content, end); k++) end -= content.length
  return token.slice(begin * content.length, end)
}
