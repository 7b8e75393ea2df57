/**
 * A substitute for 'vitest' where tests run on another machine: vitest's own runner and its `expect`, which are plain
 * JavaScript. The rest of vitest needs native modules that are installed for this machine only.
 */
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  ChaiStyleAssertions,
  customMatchers,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect'
import * as chai from 'chai'

export { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from '@vitest/runner'

for (const plugin of [JestExtend, JestChaiExpect, ChaiStyleAssertions, JestAsymmetricMatchers])
  chai.use(plugin as never)

const asymmetric = (globalThis as unknown as Record<symbol, object>)[ASYMMETRIC_MATCHERS_OBJECT]
const chaiExpect = chai.expect as unknown as { extend(expect: unknown, matchers: object): void }

export const expect = Object.assign(
  (value: unknown, message?: string) => chai.expect(value, message),
  chaiExpect,
  asymmetric,
)
Object.defineProperty(globalThis, GLOBAL_EXPECT, { value: expect, configurable: true })
setState({ assertionCalls: 0 }, expect as never)
chaiExpect.extend(expect, customMatchers)
