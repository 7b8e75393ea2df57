interface Figures {
  sets: Record<string, string>
  measured: { model: string; set: string; bleu: number; chrf: number; date: string }[]
  published: object[]
  sources: Record<string, { says: string; address: string; read: string }>
}
interface Measurement {
  set: string
  name?: string
  printed: { model?: string; bleu: { score: number }; chrf: { score: number } }
  date: string
}
/** The text of docs/quality.md. */
export function pageOf(data: Figures): string
/** The figures with a measurement as `glassformer evaluate --json` prints it. @throws Error for a test set that has no name yet */
export function withMeasured(data: Figures, measurement: Measurement): Figures
