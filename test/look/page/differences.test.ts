import { expect, test } from 'vitest'
import { differences } from '../../../src/look/page/parts/differences.ts'

const marked = (before: string, after: string) => {
  const [first, second] = [before.split(' '), after.split(' ')]
  const { gone, added } = differences(first, second)
  return [[...gone].map((i) => first[i]).join(' '), [...added].map((i) => second[i]).join(' ')]
}

test.each([
  ['I am a student .', 'I am a student .', '', ''],
  ["I ' m a student .", 'I am a doctor .', "' m student", 'am doctor'],
  ['a b c', 'x y', 'a b c', 'x y'],
  ['the cat', 'the the cat cat', '', 'the cat'],
])('%s → %s: %s was removed, %s was added', (before, after, gone, added) => {
  expect(marked(before, after)).toEqual([gone, added])
})
