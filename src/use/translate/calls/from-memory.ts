import { entryOf, lastOf } from '../../../base/present.ts'
import type { MemoryMatch } from '../../../language/memory/index.ts'
import type { Source, Translation } from '../translation/translation.ts'
import { assembled, type MemoryUse, type Part, plansFor } from './memory-plan.ts'

/** Pieces of the parts of a text, which are translated at the same time and passed on in their order. */
class OrderedPieces {
  readonly #piece: (text: string) => void
  /** The text of each part that is not passed on yet, from the first part that has not ended. */
  readonly #open: { text: string; isDone: boolean }[] = []

  constructor(piece: (text: string) => void) {
    this.#piece = piece
  }

  /** Begins the next part, with what stands before it. */
  next(before = ''): { push(text: string): void; end(): void } {
    const own = { text: before, isDone: false }
    this.#open.push(own)
    return {
      push: (text) => {
        own.text += text
        this.#passOn()
      },
      end: () => {
        own.isDone = true
        this.#passOn()
      },
    }
  }

  #passOn(): void {
    for (let first = this.#open[0]; first; first = this.#open[0]) {
      if (first.text) this.#piece(first.text)
      first.text = ''
      if (!first.isDone) return
      this.#open.shift()
    }
  }
}

/**
 * Translations of sources, some of which a memory has: whole texts, or some of their sentences. Others get the units
 * that are like them.
 */
export async function fromMemory(
  sources: readonly Source[],
  use: MemoryUse,
  translate: (sources: readonly Source[], similar?: readonly MemoryMatch[]) => Promise<Translation[]>,
): Promise<Translation[]> {
  const plans = await plansFor(sources, use)
  const open = plans.flatMap(({ parts }) => parts.filter((part) => 'source' in part))
  const [plain, begun] = [open.filter(({ similar }) => !similar), open.filter(({ similar }) => similar)]
  const [together, ...alone] = await Promise.all([
    plain.length ? translate(plain.map(({ source }) => source)) : [],
    ...begun.map(({ source, similar }) => translate([source], similar)),
  ])
  const found = new Map<Part, Translation>()
  for (const [i, part] of plain.entries()) found.set(part, together[i])
  for (const [i, part] of begun.entries()) found.set(part, alone[i][0])
  return plans.map((plan) => {
    const translations = plan.parts.map((part) => ('source' in part ? entryOf(found, part) : part.translation))
    return assembled(plan, translations)
  })
}

/**
 * As `fromMemory`, for one source whose translation comes in pieces. Its parts are translated at the same time, and
 * their pieces come in the order of the text.
 */
export async function fromMemoryInPieces(
  source: Source,
  use: MemoryUse,
  piece: (text: string) => void,
  translate: (source: Source, piece: (text: string) => void, similar?: readonly MemoryMatch[]) => Promise<Translation>,
): Promise<Translation> {
  const [plan] = await plansFor([source], use)
  const pieces = new OrderedPieces(piece)
  const begun = plan.parts.map(async (part, i) => {
    const own = pieces.next(plan.spaces?.[i])
    const translation =
      'source' in part ? await translate(part.source, own.push, part.similar) : pushed(part.translation, own.push)
    own.end()
    return translation
  })
  const translations = await Promise.all(begun)
  if (plan.spaces) piece(lastOf(plan.spaces))
  return assembled(plan, translations)
}

function pushed(translation: Translation, push: (text: string) => void): Translation {
  push(translation.text)
  return translation
}
