/** Face of folders/adapters/: low-rank adapters in the layout of PEFT. */

export { type AdapterFolders, adapterFolder, adapterFolders } from './adapter-folder.ts'
export { mergedTensors } from './merged-tensors.ts'
export { ADAPTER_CONFIG } from './peft-config.ts'
export { ADAPTER_FILE, adapterFiles } from './peft-folder.ts'
export { readAdapter } from './read-adapter.ts'
export { type AdapterFactors, readFactors, writeAdapter } from './write-adapter.ts'
