/** The part of native-build.mjs that src/ uses. */
export function buildNative(options: {
  log(line: string): void
}): Promise<{ built: boolean; reason?: string; path?: string }>
