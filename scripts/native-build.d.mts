/** The part of native-build.mjs that src/ and the tests use. */
export function buildNative(options: {
  log(line: string): void
}): Promise<{ built: boolean; reason?: string; path?: string }>

/** What this machine has for a build; `missing` says what it lacks. */
export function findToolchain(): { missing: string[]; headers?: string }
