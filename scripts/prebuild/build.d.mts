/** The parts of build.mjs that the tests use. */
export function addonOf(name: string): string
export function isCurrent(name: string): boolean
export function buildTarget(name: string, zig: string): Promise<number>
export function compileObject(
  name: string,
  file: { source: string; flags?: string[] },
  options: { zig: string; object: string; folder?: string },
): Promise<unknown>
