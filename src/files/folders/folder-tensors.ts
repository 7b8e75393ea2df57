import type { Folder } from '../formats/disk/folder.ts'
import { openModelTensors } from '../formats/tensors/model-tensors.ts'
import type { TensorSource } from '../formats/tensors/tensor-file.ts'
import { areEqual } from './equal-tensors.ts'

/** The tensors that a folder holds, for configurations that follow from them. Files are opened when somebody asks. */
export class FolderTensors {
  readonly #folder: Folder
  #entries: TensorSource['tensors'] | undefined

  constructor(folder: Folder) {
    this.#folder = folder
  }

  /** Where each tensor lies, by name. */
  get entries(): TensorSource['tensors'] {
    this.#entries ??= this.#opened(({ tensors }) => tensors)
    return this.#entries
  }

  /** Whether tensors that are there have the same values. */
  areEqual([first, ...others]: readonly string[]): boolean {
    return this.#opened((source) => others.every((name) => areEqual(name, first, source)))
  }

  #opened<T>(look: (source: TensorSource) => T): T {
    const source = openModelTensors(this.#folder)
    try {
      return look(source)
    } finally {
      source.close()
    }
  }
}
