import type { ImageSettings } from '../../model/config/image-settings.ts'
import { blockOf, type ImageBlock } from '../../model/local/image-blocks.ts'

/** The past of rows that look back at near tokens of an image: those of the flange of their block, and of the block up to themselves. */
export class ImagePasts {
  readonly #settings: ImageSettings
  /** The block of each token, as far as it has been asked for. */
  readonly #blocks: ImageBlock[] = []

  constructor(settings: ImageSettings) {
    this.#settings = settings
  }

  /** The number of slots that the row at a position reads. */
  reads(position: number): number {
    const { first, flange } = this.#block(position)
    return flange.length + position - first + 1
  }

  /** Writes the slots that this row reads of its path, path[0 … position]. */
  write(path: Int32Array, position: number, into: Int32Array): void {
    const { first, flange } = this.#block(position)
    flange.forEach((token, i) => {
      into[i] = path[token]
    })
    into.set(path.subarray(first, position + 1), flange.length)
  }

  #block(position: number): ImageBlock {
    const known = this.#blocks[position]
    if (known) return known
    const block = blockOf(this.#settings, position)
    for (let token = block.first; token < block.last; token++) this.#blocks[token] = block
    return block
  }
}
