import { type LeftTexts, nothingLeft } from '../../../language/markup/document/document.ts'

/** A text that was too long for the model, by its beginning, and how many parts were made of it. */
export interface CutText {
  begins: string
  parts: number
}

/** A sentence that was too long for the model, and was translated in parts. */
export interface CutSentence extends CutText {
  /** The file in a package, as word/document.xml; absent for other documents. */
  part?: string
}

/** The translation of a document in numbers. */
export interface DocumentReport {
  /** Texts that were translated. */
  texts: number
  /** Texts that stay as they are, by the reason. */
  left: LeftTexts
  /** Sentences that were cut. */
  cut: CutSentence[]
}

export const newReport = (): DocumentReport => ({ texts: 0, left: nothingLeft(), cut: [] })

/** Adds what was read: some texts, and some that stay. */
export function addRead(
  report: DocumentReport,
  { texts, left }: { texts: readonly unknown[]; left: Readonly<LeftTexts> },
): void {
  report.texts += texts.length
  for (const why of Object.keys(left) as (keyof LeftTexts)[]) report.left[why] += left[why]
}
