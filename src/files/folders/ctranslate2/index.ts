export { isCtranslate2Folder } from './files.ts'
export { MODEL_FILE, readCtranslate2Folder } from './folder.ts'
export { namedTokenizer } from './named-tokenizer.ts'
export { CODES_FILE, vocabularyContents } from './tokenizer.ts'
