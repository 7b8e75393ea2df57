import { buildEmulated } from '../../scripts/emulated-build.ts'

/** Makes the addon ready that the tests of this project play on; where it cannot be built, they are skipped. */
export default async function setup(): Promise<void> {
  const reason = await buildEmulated()
  if (reason) console.log(`tests of emulated instructions are skipped: ${reason}`)
}
