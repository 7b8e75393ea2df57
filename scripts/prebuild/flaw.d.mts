import type { Target } from './targets.mjs'

/** What is wrong with the addon of a target, undefined where nothing is. */
export function addonFlaw(file: Buffer, target: Pick<Target, 'system' | 'arch'>): string | undefined
/** What Node.js says where it cannot load an addon; undefined where it can. */
export function loadFlaw(path: string): string | undefined
/** What is wrong with a module of WebAssembly. */
export function wasmFlaw(file: Buffer, options: { isRelaxed: boolean }): string | undefined
