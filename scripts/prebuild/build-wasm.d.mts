/** The parts of build-wasm.mjs that the tests use. */
export const wasmFolder: string
export function isWasmCurrent(): boolean
export function buildWasm(zig: string): Promise<number>
