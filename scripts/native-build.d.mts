/** The part of native-build.mjs that the tests use: what this machine has for a build; `missing` says what it lacks. */
export function findToolchain(): { missing: string[]; headers?: string; compiler?: string }

/** Where a command is on PATH; undefined: nowhere. */
export function findOnPath(command: string): string | undefined

/** A python3 of this machine; undefined: none. */
export function findPython(): string | undefined
