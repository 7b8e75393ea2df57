export { isCtranslate2Folder, MODEL_FILE } from './files.ts'
export { readCtranslate2Folder } from './folder.ts'
export { namedTokenizer } from './named-tokenizer.ts'
export { CODES_FILE, vocabularyContents } from './tokenizer.ts'
