/** The parts of registry.mjs that the tests use. */
export function publishedRelease(platforms: string[]): Promise<{
  /** A folder of this run. */
  folder: string
  /** The variables that npm needs to use the registry. */
  env: Record<string, string>
  /** The folder with the tarballs. */
  release: string
  close(): void
}>
export function installedPackages(project: string, release: string): { bytes: Record<string, number>; addons: string[] }
