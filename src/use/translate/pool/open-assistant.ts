import type { Player } from '../../../engine/backend/interface/backend.ts'
import { wantsPanels } from '../../../engine/weights/precision.ts'
import { modelFolder } from '../../../files/folders/layout/model-folder.ts'
import { loadFolder } from '../../../files/folders/load.ts'
import type { OpenAssistant } from '../sentences/assistants.ts'

const precisions = ['int8', 'int4', 'bfloat16'] as const

/** Loads assistants of the model in a folder: `int8`, `int4` and `bfloat16` name that model itself in this precision. */
export const openAssistant =
  (folder: string, newPlayer: () => Player): OpenAssistant =>
  (name) => {
    const own = precisions.find((precision) => precision === name)
    const player = newPlayer()
    const storage = { precision: own ?? 'auto', panels: wantsPanels(player.info), packing: player.packing } as const
    try {
      return { weights: loadFolder(own ? folder : modelFolder(name), storage).weights, player }
    } catch (error) {
      player.close()
      throw error
    }
  }
