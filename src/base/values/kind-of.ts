/**
 * The name that a built-in class gives its objects, 'Error' or 'Blob', for objects of every realm; `instanceof` is
 * false for objects of another realm.
 */
export function kindOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value).slice(8, -1)
  } catch {
    return '' // a proxy may throw
  }
}

/** Whether a value is a Blob, which a File is too. */
export const isBlob = (value: unknown): value is Blob => /^(?:Blob|File)$/.test(kindOf(value))

/** Whether a value is a WebAssembly.Module. */
export const isWasmModule = (value: unknown): value is object => kindOf(value) === 'WebAssembly.Module'

export const isUrl = (value: unknown): value is URL => kindOf(value) === 'URL'
