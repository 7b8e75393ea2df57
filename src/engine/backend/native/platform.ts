/** The platforms for which the package carries an addon; scripts/prebuild/targets.mjs builds them. */
export const prebuiltPlatforms = [
  'linux-x64',
  'linux-x64-musl',
  'linux-arm64',
  'darwin-arm64',
  'darwin-x64',
  'win32-x64',
] as const

/** This process's platform by the names above: 'linux-x64', and 'linux-x64-musl' where the C library is musl. */
export function platformName(): string {
  const name = `${process.platform}-${process.arch}`
  return process.platform === 'linux' && isMusl() ? `${name}-musl` : name
}

/** The members of process.report that are used; @types/node of Node.js 20 lacks `excludeNetwork`. */
interface Report {
  excludeNetwork?: boolean
  getReport(): object
}

/** Node.js reports the version of its glibc, and none on musl. Without the interfaces of the network a report takes at most 5 ms. */
function isMusl(): boolean {
  const report = process.report as Report | undefined
  if (!report) return false
  const { excludeNetwork } = report
  report.excludeNetwork = true
  try {
    const { header } = report.getReport() as { header?: { glibcVersionRuntime?: string } }
    return header !== undefined && header.glibcVersionRuntime === undefined
  } finally {
    report.excludeNetwork = excludeNetwork
  }
}
