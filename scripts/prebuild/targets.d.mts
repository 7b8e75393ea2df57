/** The parts of targets.mjs that the tests use. */
export interface Target {
  zig: string
  system: 'linux' | 'darwin' | 'win32'
  arch: 'x64' | 'arm64'
}
export const targets: Record<string, Target>
/** The functions by which Node.js recognizes an addon. */
export const EXPORTS: string[]
