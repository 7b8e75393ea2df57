import { withPath } from '../page/state/dropped-files.ts'

/**
 * A model's folder in one compressed file, so that a host needs no setting to send few bytes. Unzipped, it is the length
 * of the header (uint32, little-endian), the header as JSON, and the files' own bytes one after the other.
 */
export interface PackHeader {
  /** Name of the model. */
  name: string
  files: PackedFile[]
}

/** A file in the pack. */
export interface PackedFile {
  name: string
  /** Bytes of the file. */
  size: number
  /** An earlier file that begins and ends with the same bytes; the pack has only those between. */
  like?: { name: string; first: number; last: number }
}

/** The files of an unzipped pack, as `Translator.load` takes files of a folder that was picked. */
export function unpackedFiles(pack: ArrayBuffer): File[] {
  const begin = 4 + new DataView(pack).getUint32(0, true)
  const { name, files }: PackHeader = JSON.parse(new TextDecoder().decode(new Uint8Array(pack, 4, begin - 4)))
  const contents = new Map<string, Uint8Array<ArrayBuffer>>()
  let at = begin
  for (const { name, size, like } of files) {
    const bytes = new Uint8Array(size)
    const [first, last] = like ? [like.first, like.last] : [0, 0]
    const model = like && contents.get(like.name)
    if (model) {
      bytes.set(model.subarray(0, first))
      bytes.set(model.subarray(model.length - last), size - last)
    }
    const own = size - first - last
    bytes.set(new Uint8Array(pack, at, own), first)
    at += own
    contents.set(name, bytes)
  }
  return Array.from(contents, ([file, bytes]) => withPath(new File([bytes], file), `${name}/${file}`))
}
