import type { OpenFile } from '../disk/folder.ts'
import { headerLength, parseHeader } from './safetensors-header.ts'
import { TensorFile } from './tensor-file.ts'

/**
 * One safetensors file. Its header is read and checked in the constructor: every fault is ERR_MODEL_FORMAT with path
 * and offset.
 */
export class SafetensorsFile extends TensorFile {
  /** The `__metadata__` of the header; empty where there is none. */
  readonly metadata: Readonly<Record<string, string>>

  constructor(file: OpenFile) {
    let metadata = {}
    super(file, ({ path, size, read }) => {
      const first = new Uint8Array(8)
      if (size >= 8) read(first, 0)
      const header = new Uint8Array(headerLength(first, size, path))
      read(header, 8)
      const parsed = parseHeader(header, size, path)
      metadata = parsed.metadata
      return parsed.tensors
    })
    this.metadata = metadata
  }
}
