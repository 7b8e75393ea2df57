import { GlassformerError } from '../../../base/errors.ts'
import type { Player } from '../../../engine/backend/interface/backend.ts'
import { Assistant } from '../../../engine/decode/drafts/index.ts'
import type { Weights } from '../../../engine/weights/weights.ts'
import type { OpenModel } from '../../../workers/jobs/job-kind.ts'

/** The models that draft for one model. Each is loaded once, with a player of its own. */
export class Assistants {
  readonly #weights: Weights
  readonly #open: OpenModel
  readonly #kept = new Map<string, { assistant: Assistant; player: Player }>()
  /** The assistant of all translations that name no other draft. */
  readonly default: Assistant | null

  /** @throws GlassformerError ERR_OPTION if the assistant `byDefault` does not fit the model; the errors of loading it */
  constructor(weights: Weights, open: OpenModel, byDefault?: string) {
    this.#weights = weights
    this.#open = open
    this.default = byDefault === undefined ? null : this.of(byDefault)
  }

  /** @throws GlassformerError ERR_OPTION, and the errors of loading a model */
  of(name: string): Assistant {
    const kept = this.#kept.get(name)
    if (kept) return kept.assistant
    const { weights, player } = this.#open(name)
    try {
      const { sound } = weights.config
      if (sound) throw new GlassformerError('ERR_OPTION', `the assistant ${name} hears: it cannot draft translations`)
      const assistant = new Assistant(player, weights)
      assistant.checkFor(this.#weights)
      this.#kept.set(name, { assistant, player })
      return assistant
    } catch (error) {
      player.close()
      throw error
    }
  }

  close(): void {
    for (const { player } of this.#kept.values()) player.close()
    this.#kept.clear()
  }
}
