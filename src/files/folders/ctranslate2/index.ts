export { isCtranslate2Folder } from './files.ts'
export { readCtranslate2Folder } from './folder.ts'
