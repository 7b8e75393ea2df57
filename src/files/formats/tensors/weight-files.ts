/** The name of a folder's weights in one file. */
export const SINGLE_FILE = 'model.safetensors'
/** The name of the index that says which of several files holds which tensor. */
export const INDEX_FILE = 'model.safetensors.index.json'
/** The same of PyTorch's files. */
export const PYTORCH_FILE = 'pytorch_model.bin'
export const PYTORCH_INDEX_FILE = 'pytorch_model.bin.index.json'

/** The files that hold a folder's weights, or say which do, in the order in which they are looked for. */
export const weightFiles: readonly string[] = [SINGLE_FILE, INDEX_FILE, PYTORCH_FILE, PYTORCH_INDEX_FILE]
