import type { Target } from './targets.mjs'

/** The fault in the addon of a target; undefined where there is none. */
export function addonFlaw(file: Buffer, target: Pick<Target, 'system' | 'arch'>): string | undefined
/** The error of Node.js where it cannot load an addon; undefined where it can. */
export function loadFlaw(path: string): string | undefined
/** The fault in a WebAssembly module. */
export function wasmFlaw(file: Buffer, options: { isRelaxed: boolean }): string | undefined
