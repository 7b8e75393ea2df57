import { buildNative as buildFromSources } from '../../scripts/native-build.mjs'

/** What became of a build: `path` of the addon when `built`, else `reason`, one paragraph to show a person. */
export interface BuildResult {
  built: boolean
  reason?: string
  path?: string
}

/**
 * Builds the native addon of the installed package from its own sources by node-gyp, as `npm run setup` does in a clone. Needs a
 * C++17 compiler, make and python3; Node's headers are taken from this machine where they are, and OpenBLAS or Accelerate is
 * used where it is found. Never throws for a machine that cannot build.
 */
export async function buildNative(options: { log(line: string): void }): Promise<BuildResult> {
  return buildFromSources({ log: (line) => options.log(line) })
}
