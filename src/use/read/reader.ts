import { GlassformerError } from '../../base/errors.ts'
import type { BackendInfo } from '../../engine/backend/interface/backend.ts'
import type { PictureConfig } from '../../engine/model/config/picture-settings.ts'
import { DiskFolder } from '../../formats/disk/disk-folder.ts'
import { JsonFields } from '../../formats/json/json-fields.ts'
import { type ImageInput, openImage } from '../../image/open-image.ts'
import { type Processing, processingOf } from '../../image/processing.ts'
import type { Chunk } from '../../workers/requests/chunks.ts'
import { startPool } from '../translate/calls/index.ts'
import { type ModelInfo, modelInfo } from '../translate/options/model-info.ts'
import type { LoadOptions } from '../translate/options/options.ts'
import type { ReadImage, ReadText } from './jobs/read-image.ts'
import { type ReadOptions, resolveRead } from './options.ts'

/** Pictures that a worker has in its batch at once, with five hypotheses each of 600 patches. */
const PICTURE_TOKENS = 8 * 5 * 600

/** The cost of a picture in a worker's queue, of which it takes a few at a time. */
const PICTURE_SIZE = 750

const PROCESSING_FILE = 'preprocessor_config.json'

/** The text of a picture. */
export interface Reading extends ReadText {
  /** The best `alternatives` texts, the first of which is this one; only if more than one was asked for. */
  alternatives?: ReadText[]
}

type Parts = Awaited<ReturnType<typeof startPool>>

/**
 * Writes the text of pictures, with a model that sees: lines of print or of handwriting (TrOCR), or captions. The work runs in worker threads
 * over one copy of the weights, so that the event loop stays free. `close` (or `await using`) stops them.
 */
export class Reader {
  /** Description of the model. */
  readonly model: ModelInfo
  readonly #pool: Parts['pool']
  readonly #info: BackendInfo
  readonly #processing: Processing

  private constructor({ pool, info, shared }: Parts, processing: Processing) {
    this.model = modelInfo(shared)
    this.#pool = pool
    this.#info = info
    this.#processing = processing
  }

  /**
   * Loads a folder of VisionEncoderDecoder's in Hugging Face's layout or our own, by its path or `file:` URL.
   * @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED, ERR_BACKEND, ERR_OPTION, ERR_MEMORY,
   * ERR_WORKER
   */
  static async load(model: string | URL, options: LoadOptions = {}): Promise<Reader> {
    const started = await startPool(model, { batchTokens: PICTURE_TOKENS, ...options }, { kind: 'readImage' })
    try {
      const { path, config } = started.shared
      if (!config.picture)
        throw new GlassformerError(
          'ERR_UNSUPPORTED',
          `${path} is a model of ${config.sound ? 'speech: load it by Transcriber.load of glassformer/speech' : 'texts: load it by Translator.load'}`,
        )
      return new Reader(started, processingIn(path, config.picture))
    } catch (error) {
      await started.pool.close()
      throw error
    }
  }

  /** The binary, BLAS, instruction set, threads and precision in use, and the reasons why the backend is not native, if it is not. */
  backendInfo(): BackendInfo {
    return this.#info
  }

  /**
   * The text of a picture, or of each of several: the path of a file, its bytes, or its pixels. PNG, JPEG and WebP are decoded by `sharp`, an
   * optional package.
   * @throws GlassformerError ERR_OPTION, ERR_INPUT, ERR_IMAGE_FORMAT, ERR_FILE, ERR_UNSUPPORTED, ERR_ABORTED, ERR_TIMEOUT, ERR_BUSY, ERR_CLOSED,
   * ERR_MEMORY, ERR_WORKER
   */
  async read(image: ImageInput, options?: ReadOptions): Promise<Reading>
  async read(images: readonly ImageInput[], options?: ReadOptions): Promise<Reading[]>
  async read(given: ImageInput | readonly ImageInput[], options: ReadOptions = {}): Promise<Reading | Reading[]> {
    const resolved = resolveRead(options, this.model)
    const isList = Array.isArray(given)
    const images: readonly ImageInput[] = isList ? [...given] : [given as ImageInput]
    const { signal } = resolved.scheduling
    const chunks: Chunk<ReadImage>[] = []
    for (const [index, image] of images.entries()) {
      if (signal?.aborted) break
      const contents = { pixels: await openImage(image), processing: this.#processing, options: resolved.options }
      chunks.push({ kind: 'readImage', contents, size: PICTURE_SIZE, characters: PICTURE_SIZE, indices: [index] })
    }
    const found = await this.#pool.submit<ReadImage>(chunks, { scheduling: resolved.scheduling })
    const readings = found.map(
      (texts): Reading => ({ ...texts[0], ...(resolved.options.alternatives > 1 && { alternatives: texts }) }),
    )
    return isList ? readings : readings[0]
  }

  /** Stops the workers; open calls fail with ERR_CLOSED. */
  async close(): Promise<void> {
    await this.#pool.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** The processing that the folder's file names; without it, the defaults of ViT's processor. */
function processingIn(path: string, { size, channels }: PictureConfig): Processing {
  const folder = new DiskFolder(path)
  const json = folder.has(PROCESSING_FILE) ? folder.json(PROCESSING_FILE) : {}
  return processingOf(new JsonFields(json, folder.at(PROCESSING_FILE)), size as readonly [number, number], channels)
}
