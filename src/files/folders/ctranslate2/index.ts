export { isCtranslate2Folder } from './files.ts'
export { MODEL_FILE, readCtranslate2Folder } from './folder.ts'
export { CODES_FILE, vocabularyContents } from './tokenizer.ts'
