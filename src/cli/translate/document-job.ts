import type { DocumentFormat } from '../../language/markup/document/formats.ts'
import type { PlacedText } from '../../language/protect/span.ts'
import { isFailure, type Outcome, type PoolTranslator } from '../../use/translate/calls/index.ts'
import type { TranslateOptions } from '../../use/translate/options/options.ts'
import type { DocumentReport } from '../../use/translate/translation/document-report.ts'
import type { Progress } from '../terminal/progress.ts'

/** A document to be translated. */
export interface DocumentJob {
  /** The document's name in messages. */
  name: string
  format: DocumentFormat
  /** Size in bytes. */
  size: number
  /** The file of an office document or a book, which is read part by part. */
  path?: string
  /** @throws GlassformerError ERR_FILE, ERR_INPUT */
  read(): Uint8Array | Promise<Uint8Array>
  /** Opens the translation. @throws GlassformerError ERR_FILE */
  open(): DocumentOutput
}

/** A translation that is written part by part. */
export interface DocumentOutput {
  /** @throws GlassformerError ERR_FILE */
  write(bytes: Uint8Array): void | Promise<void>
  /** Called when all is written. @throws GlassformerError ERR_FILE */
  end(): void
  /** Called after an error: nothing is left of what has been written. */
  abandon(): void
}

export interface DocumentRun {
  translator: PoolTranslator
  options: TranslateOptions
  workers: number
  progress: Progress
  /** Is told what became of a document's texts. */
  report?(name: string, report: FileReport): void
}

/** The translation of a file in numbers. */
export interface FileReport extends DocumentReport {
  /** Texts that the model could not take, which stay as they are. */
  refused: number
}

/** The translation of a text; null for one that cannot be translated and stays. */
export const placed = (outcome: Outcome): PlacedText | null =>
  isFailure(outcome) ? null : { text: outcome.text, spans: outcome.spans ?? [] }
