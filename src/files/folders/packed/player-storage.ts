import type { Player } from '../../../engine/backend/interface/backend.ts'
import { wantsPanels } from '../../../engine/weights/precision.ts'
import { loadFolder } from '../load.ts'
import { packedCache, type WhenMapped } from './packed-cache.ts'

/** How the weights of a folder are stored for a player: as it packs them, in a file of the cache where they are large. */
export const playerStorage = (player: Player, mapped: WhenMapped) => ({
  panels: wantsPanels(player.info),
  packing: player.packing,
  kept: packedCache(player, mapped),
})

/**
 * Sees to it that the packed weights of a folder are in the cache, as the folder stores them.
 * Returns their file; null where weights are not kept.
 */
export const packedFileOf = (folder: string, player: Player, mapped: WhenMapped): string | null =>
  loadFolder(folder, playerStorage(player, mapped)).mapped ?? null
