import type { Folder } from '../../../formats/disk/folder.ts'
import { openModelTensors } from '../../../formats/tensors/model-tensors.ts'
import type { TensorSource } from '../../../formats/tensors/tensor-file.ts'
import { areEqual } from './equal-tensors.ts'

/** The tensors in a folder, for configurations that depend on them. Files are opened at the first access. */
export class FolderTensors {
  readonly #folder: Folder
  #entries: TensorSource['tensors'] | undefined

  constructor(folder: Folder) {
    this.#folder = folder
  }

  /** The file and position of each tensor, by name. */
  get entries(): TensorSource['tensors'] {
    this.#entries ??= this.#opened(({ tensors }) => tensors)
    return this.#entries
  }

  /** Whether all of these tensors that exist have the same values. */
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
