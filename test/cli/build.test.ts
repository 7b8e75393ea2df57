import { describe, expect, test } from 'vitest'
import { glassformer } from './command.ts'

describe('glassformer build', () => {
  // A build that works is tested on an installed package (test/repository/package.test.ts).
  test('says in one paragraph why it cannot, with status 1', async () => {
    const { code, stdout, stderr } = await glassformer(['build'], '', { PATH: '/nowhere', CXX: '' })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toContain('no C++ compiler')
  })
})
