import { GlassformerError, shown } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import type { BackendInfo } from '../../engine/backend/interface/backend.ts'
import type { PictureConfig } from '../../engine/model/config/picture-settings.ts'
import { DiskFolder } from '../../formats/disk/disk-folder.ts'
import { JsonFields } from '../../formats/json/json-fields.ts'
import { type ImageInput, openImage } from '../../image/open-image.ts'
import { type Processing, processingOf } from '../../image/processing.ts'
import { aborted, atIndex, newNumber, onAbort } from '../../workers/index.ts'
import { startPool } from '../translate/calls/index.ts'
import { type ModelInfo, modelInfo } from '../translate/options/model-info.ts'
import type { LoadOptions } from '../translate/options/options.ts'
import type { ReadImage, ReadText } from './jobs/read-image.ts'
import { type ReadOptions, resolveRead } from './options.ts'

/** Pictures that a worker has in its batch at once, with five hypotheses each of 600 patches. */
const PICTURE_TOKENS = 8 * 5 * 600

/** Pictures that are decoded before the first of them has its text: for each worker, as many as it has in its batch, and some more. */
const AHEAD = 10

/** Bytes of decoded pictures from which on no further one is decoded ahead: ten pages of 300 points an inch. */
const BYTES_AHEAD = 2 ** 28

/** The cost of a picture in a worker's queue, of which it takes a few at a time. */
const PICTURE_SIZE = 750

const PROCESSING_FILE = 'preprocessor_config.json'
const PROCESSORS_FILE = 'processor_config.json'

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
  readonly #ahead: number

  private constructor({ pool, info, shared, options }: Parts, processing: Processing) {
    this.model = modelInfo(shared)
    this.#pool = pool
    this.#info = info
    this.#processing = processing
    this.#ahead = AHEAD * options.workers
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
    const readings: Reading[] = []
    const began = performance.now()
    for await (const reading of this.#each(images, resolved, { began, isOne: !isList })) readings.push(reading)
    return isList ? readings : readings[0]
  }

  /**
   * The text of each picture, in order, as soon as it is there. Pictures are decoded a few ahead of the texts that are taken, so that there may be
   * any number of them; `timeout` is that of each picture. An error names its picture, and ends the reading.
   * @throws GlassformerError as `read`
   */
  async *readEach(
    images: Iterable<ImageInput> | AsyncIterable<ImageInput>,
    options: ReadOptions = {},
  ): AsyncGenerator<Reading> {
    const resolved = resolveRead(options, this.model)
    const isList = typeof images === 'object' && images !== null
    if (!isList || !(Symbol.iterator in images || Symbol.asyncIterator in images))
      throw new GlassformerError('ERR_INPUT', `readEach takes pictures one after the other, not ${shown(images)}`)
    yield* this.#each(images, resolved, {})
  }

  /** `began`: when the time of all pictures began. */
  async *#each(
    images: Iterable<ImageInput> | AsyncIterable<ImageInput>,
    { options, scheduling }: ReturnType<typeof resolveRead>,
    { began, isOne = false }: { began?: number; isOne?: boolean },
  ): AsyncGenerator<Reading> {
    const { signal } = scheduling
    const stop = new AbortController()
    if (signal?.aborted) stop.abort(signal.reason)
    const leave = signal && onAbort(signal, () => stop.abort(signal.reason))
    const open: { texts: Promise<ReadText[]>; bytes: number }[] = []
    const turn = newNumber()
    const submit = async (image: ImageInput, index: number) => {
      const since = began ?? performance.now()
      const pixels = await openImage(image)
      const contents = { pixels, processing: this.#processing, options }
      const chunk = { contents, size: PICTURE_SIZE, characters: PICTURE_SIZE, indices: [0] }
      const given = {
        scheduling: { ...scheduling, signal: stop.signal },
        began: since,
        turn,
        isContinuation: index > 0,
      }
      const texts = this.#pool.submit<ReadImage>([{ kind: 'readImage', ...chunk }], given).then(
        ([found]) => found,
        (error) => Promise.reject(isOne ? error : ofImage(error, index)),
      )
      // An error is thrown where the texts are awaited.
      texts.catch(() => {})
      open.push({ texts, bytes: pixels.data.length })
    }
    const next = async (): Promise<Reading> => {
      const texts = await present(open.shift()).texts
      return { ...texts[0], ...(options.alternatives > 1 && { alternatives: texts }) }
    }
    let index = 0
    try {
      for await (const image of images) {
        while (open.length >= this.#ahead || open.reduce((sum, { bytes }) => sum + bytes, 0) > BYTES_AHEAD)
          yield await next()
        if (stop.signal.aborted) throw aborted(stop.signal)
        try {
          await submit(image, index)
        } catch (error) {
          throw isOne ? error : ofImage(error, index)
        }
        index++
      }
      while (open.length) yield await next()
    } finally {
      leave?.()
      stop.abort()
    }
  }

  /** Stops the workers; open calls fail with ERR_CLOSED. */
  async close(): Promise<void> {
    await this.#pool.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** The same error, with the number of the picture that it is about. */
function ofImage(error: unknown, index: number): unknown {
  if (!(error instanceof GlassformerError) || error.code === 'ERR_ABORTED' || error.code === 'ERR_TIMEOUT') return error
  return atIndex(error, index, Number.POSITIVE_INFINITY, 'image')
}

/** The processing that the folder's file names (since transformers 5 with those of other parts); without it, the defaults of ViT's processor. */
function processingIn(path: string, { size, channels }: PictureConfig): Processing {
  const folder = new DiskFolder(path)
  const fieldsOf = (file: string) => (folder.has(file) ? new JsonFields(folder.json(file), folder.at(file)) : null)
  const fields =
    fieldsOf(PROCESSING_FILE) ??
    fieldsOf(PROCESSORS_FILE)?.object('image_processor', true) ??
    new JsonFields({}, folder.at(PROCESSING_FILE))
  return processingOf(fields, size as readonly [number, number], channels)
}
