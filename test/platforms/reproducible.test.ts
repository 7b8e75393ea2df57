import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { compileObject } from '../../scripts/prebuild/build.ts'
import { findZig } from '../../scripts/prebuild/zig.ts'
import { scratchFolder } from '../formats/raw-safetensors.ts'
import { root } from '../repository/repository.ts'

const scratch = scratchFolder()

test.for(['native/addon/player_object.cc', 'native/core/pool.cc'])(
  '%s is compiled into the same object from another folder',
  async (source, context) => {
    const { zig, reason } = findZig()
    context.skip(!zig, reason)
    const copy = join(scratch, 'copy')
    for (const path of ['native', 'node_modules/node-api-headers', 'node_modules/node-addon-api']) {
      mkdirSync(dirname(join(copy, path)), { recursive: true })
      cpSync(join(root, path), join(copy, path), { recursive: true })
    }
    const [here, there] = ['here.o', 'there.o'].map((name) => join(scratch, name))
    await compileObject('linux-x64', { source }, { zig: zig!, object: here })
    await compileObject('linux-x64', { source }, { zig: zig!, object: there, folder: copy })
    expect(readFileSync(there).equals(readFileSync(here))).toBe(true)
  },
)
