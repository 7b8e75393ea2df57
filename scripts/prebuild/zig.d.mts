/** The parts of zig.mjs that the tests use. */
export const ZIG_VERSION: string
export const cacheFolder: string
export function findZig(options?: {
  mayInstall?: boolean
}): { zig: string; reason?: undefined } | { zig?: undefined; reason: string }
