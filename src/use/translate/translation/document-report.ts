import type { Fault } from '../../../language/checks/check-pair.ts'
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

/** Something that is perhaps wrong in the translation of a document, and where. */
export interface DocumentFinding extends Fault {
  /** The line on which the text begins, from 1 on; absent for packages. */
  line?: number
  /** The file in a package, as word/document.xml; absent for other documents. */
  part?: string
  /** The beginnings of the text and of its translation. */
  source: string
  target: string
}

/** The translation of a document in numbers. */
export interface DocumentReport {
  /** Texts that were translated. */
  texts: number
  /** Texts that stay as they are, by the reason. */
  left: LeftTexts
  /** Sentences that were cut. */
  cut: CutSentence[]
  /** Texts of a workbook's cells that its formulas compare or look up: where they were translated, a formula finds another text. The first thousand. */
  compared: string[]
  /** What is perhaps wrong in translations, as `glassformer check` finds it. The first thousand. */
  checks: DocumentFinding[]
}

/** The most texts of a kind in a report. */
const MOST_TOLD = 1000

export const newReport = (): DocumentReport => ({ texts: 0, left: nothingLeft(), cut: [], compared: [], checks: [] })

/** Adds what was read: some texts, and some that stay. */
export function addRead(
  report: DocumentReport,
  { texts, left, compared }: { texts: readonly unknown[]; left: Readonly<LeftTexts>; compared: readonly string[] },
): void {
  report.texts += texts.length
  for (const why of Object.keys(left) as (keyof LeftTexts)[]) report.left[why] += left[why]
  for (const text of compared)
    if (report.compared.length < MOST_TOLD && !report.compared.includes(text)) report.compared.push(text)
}

/** Adds what is perhaps wrong. */
export function addFinding(report: DocumentReport, finding: DocumentFinding): void {
  if (report.checks.length < MOST_TOLD) report.checks.push(finding)
}
