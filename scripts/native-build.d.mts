/**
 * The part of native-build.mjs that the tests use: the tools that this machine has for a build; `missing` lists the
 * others.
 */
export function findToolchain(): { missing: string[]; headers?: string; compiler?: string }

/** The path of a command on PATH; undefined: none. */
export function findOnPath(command: string): string | undefined

/** A python3 of this machine; undefined: none. */
export function findPython(): string | undefined
