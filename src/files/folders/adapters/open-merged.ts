import type { TensorSource } from '../../../formats/tensors/tensor-file.ts'
import type { FolderContents } from '../layout/loaded-model.ts'
import { checkedWeights } from '../tensors/fill-weights.ts'
import { adapterFolder } from './adapter-folder.ts'
import { mergedTensors } from './merged-tensors.ts'

/** The weights of a folder, with the adapter of another folder merged into them where one is given. @throws as `mergedTensors` */
export function openMerged({ config, names, openTensors }: FolderContents, adapter?: string): TensorSource {
  const source = openTensors()
  if (adapter === undefined) return source
  try {
    const { parameters } = checkedWeights(config, source, names)
    return mergedTensors(source, parameters, config, adapterFolder(adapter))
  } catch (error) {
    source.close()
    throw error
  }
}
