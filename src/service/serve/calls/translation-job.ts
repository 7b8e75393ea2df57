import { setTimeout as wait } from 'node:timers/promises'
import { GlassformerError } from '../../../base/errors.ts'
import { isTurned, saidLanguages } from '../../../files/folders/layout/language-pair.ts'
import { type DocumentFormat, formatOfFile, refusalOfFile } from '../../../language/markup/document/formats.ts'
import type { TranslateOptions } from '../../../use/translate/options/options.ts'
import { readInThread } from '../../../use/translate/parsing/index.ts'
import type { Translation } from '../../../use/translate/translation/translation.ts'
import type { Key } from '../access/keys.ts'
import { checkSize, type DocumentJob, type DocumentListener } from '../documents/documents.ts'
import type { Chosen } from '../models/choose-model.ts'
import { checkRoute } from '../models/route.ts'
import type { UploadedFile } from '../requests/multipart.ts'
import type { Service } from '../service/service.ts'
import { memoriesFor, type RouteMemories } from './route-memories.ts'

/** A document and how it is translated. */
export interface DocumentRequest {
  file: UploadedFile
  format: DocumentFormat
  key: Key | null
  client: string
  /** The owner of the memory that is asked; null where none is. */
  owner: string | null
  options: TranslateOptions
  /** The models through which the document goes, by the beginning of its text. @throws GlassformerError */
  route(beginning: string): readonly Chosen[]
}

/** The format of an uploaded file. @throws GlassformerError ERR_INPUT for a file that cannot be translated */
export function formatOfUpload({ name, bytes }: UploadedFile, most: number): DocumentFormat {
  checkSize(bytes.length, most)
  const format = formatOfFile(name)
  if (format) return format
  throw new GlassformerError(
    'ERR_INPUT',
    `${name.slice(0, 100)}: ${refusalOfFile(name) ?? 'no format of documents has this name'}`,
  )
}

/** The translation of a document by the models of a server. */
export function translationJob(service: Service, request: DocumentRequest): DocumentJob {
  const { file, format, key, client, owner, options, route } = request
  return async (signal, told) => {
    const { documentBeginning } = await import('../../../use/translate/documents/document-beginning.ts')
    const scheduling = { signal, client }
    const parsing = { format, columns: options.columns ?? [] }
    const legs = route(await documentBeginning(file.bytes, parsing, scheduling))
    checkRoute(legs, { format, glossary: options.glossary })
    return through(legs, memoriesFor(service, owner, legs), signal, told)
  }

  async function through(
    legs: readonly Chosen[],
    memories: RouteMemories,
    signal: AbortSignal,
    heard: DocumentListener,
  ): Promise<Uint8Array> {
    const { translateDocument } = await import('../../../use/translate/documents/translate-document.ts')
    let bytes = file.bytes
    for (const [i, { model, told, source, target }] of legs.entries())
      bytes = await service.use(model, signal, (translator) => {
        const asked = { ...options, ...memories.legs[i], ...told, signal, client }
        const { properties = false, attributes = true, retranslate = false, columns = [], direction, ...search } = asked
        const turned = isTurned(model.folder, { direction, targetLanguage: target })
        return translateDocument(bytes, {
          format,
          properties,
          retranslate,
          columns,
          scheduling: { signal, client },
          isTurned: turned,
          attributes,
          languages: saidLanguages(model.folder, { sourceLanguage: source, targetLanguage: target }),
          isWhole: search.split === 'never',
          ...(i === 0 && { report: heard.report }),
          read: readInThread,
          async translate(texts) {
            const plain = texts.map((text) => (text as { text: string }).text)
            if (i === 0) {
              service.take(key, plain)
              heard.count(plain.reduce((sum, { length }) => sum + length, 0))
            }
            return whenThereIsRoom(() => translator.translate(texts, search), signal)
          },
        })
      })
    return bytes
  }
}

/** Waits where the model's queue is full: a document has time. */
async function whenThereIsRoom(work: () => Promise<Translation[]>, signal: AbortSignal): Promise<Translation[]> {
  for (let milliseconds = 50; ; milliseconds = Math.min(2000, 2 * milliseconds))
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof GlassformerError) || error.code !== 'ERR_BUSY') throw error
      await wait(milliseconds, undefined, { signal }).catch(() => {
        throw signal.reason
      })
    }
}
