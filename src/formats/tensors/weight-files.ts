/** The name of the single file with a folder's weights. */
export const SINGLE_FILE = 'model.safetensors'
/** The name of the index of several files, which lists the file of each tensor. */
export const INDEX_FILE = 'model.safetensors.index.json'
/** The same two names for PyTorch's files. */
export const PYTORCH_FILE = 'pytorch_model.bin'
export const PYTORCH_INDEX_FILE = 'pytorch_model.bin.index.json'

/** The files that hold a folder's weights or index them, in the order in which they are looked for. */
export const weightFiles: readonly string[] = [SINGLE_FILE, INDEX_FILE, PYTORCH_FILE, PYTORCH_INDEX_FILE]
