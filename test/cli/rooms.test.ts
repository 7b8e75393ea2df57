import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../repository/repository.ts'
import { glassformer } from './command.ts'

test('each command has a folder of its name, where command.ts declares it and run.ts does it', async () => {
  const cli = join(root, 'src/cli')
  const rooms = readdirSync(cli).filter((name) => existsSync(join(cli, name, 'command.ts')))
  const { stdout } = await glassformer(['--help'])
  const commands = Array.from(stdout.matchAll(/^ {2}([a-z-]+) .*/gm), ([, name]) => name!)
  expect(rooms).toEqual(commands.filter((name) => name !== 'help').sort())
  for (const name of rooms) expect(readdirSync(join(cli, name))).toContain('run.ts')
})
