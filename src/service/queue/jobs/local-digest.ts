import { existsSync } from 'node:fs'
import { modelDigest } from '../../../files/folders/layout/model-digest.ts'
import { modelFolder } from '../../../files/folders/layout/model-folder.ts'

/** The digest of this machine's model with this name or path; '' where there is none. */
export async function localDigest(model: string | undefined): Promise<string> {
  try {
    const folder = modelFolder(model)
    return existsSync(folder) ? await modelDigest(folder) : ''
  } catch {
    return '' // a model that is not installed, or a folder that cannot be read, belongs to other machines
  }
}
