export { isCtranslate2Folder } from './files.ts'
export { MODEL_FILE, readCtranslate2Folder } from './folder.ts'
export { vocabularyContents } from './tokenizer.ts'
