import type { Player } from '../../engine/backend/interface/backend.ts'
import { wantsPanels } from '../../engine/weights/precision.ts'
import { modelFolder } from '../../files/folders/layout/model-folder.ts'
import { loadFolder } from '../../files/folders/load.ts'
import type { OpenModel } from '../jobs/job-kind.ts'

const precisions = ['int8', 'int4', 'bfloat16'] as const

/** Loads further models: `int8`, `int4` and `bfloat16` name the model in `folder` itself in this precision. */
export const modelOpener =
  (folder: string, createPlayer: () => Player): OpenModel =>
  (name) => {
    const own = precisions.find((precision) => precision === name)
    const player = createPlayer()
    const storage = { precision: own ?? 'auto', panels: wantsPanels(player.info), packing: player.packing } as const
    try {
      return { weights: loadFolder(own ? folder : modelFolder(name), storage).weights, player }
    } catch (error) {
      player.close()
      throw error
    }
  }
