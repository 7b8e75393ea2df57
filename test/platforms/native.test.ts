import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { platformName } from '#dist/engine/backend/native/platform.js'
import { addonOf } from '../../scripts/prebuild/build.ts'
import { root } from '../repository/repository.ts'

test('every test of the native backend passes on the prebuilt addon for this machine', (context) => {
  const addon = addonOf(platformName())
  context.skip(!existsSync(addon), `${addon} is not built: npm run prebuilds`)
  const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'here', 'test/native']
  const { status, stdout, stderr } = spawnSync(process.execPath, vitest, {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      GLASSFORMER_ADDON: addon,
      VITEST: undefined,
      VITEST_WORKER_ID: undefined,
      VITEST_POOL_ID: undefined,
    },
  })
  expect(status, stdout + stderr).toBe(0)
})
