import { describe, expect, test } from 'vitest'
import { JsPlayer } from '../../../src/engine/backend/js/player.ts'
import { Lesson, type Shown } from '../../../src/look/site/learn/training/lesson.ts'
import { type Task, tasks, wordsOf } from '../../../src/look/site/learn/training/tasks.ts'

const task = (name: string) => tasks.find((each) => each.name === name)!

/** A training to its end; returns its first and last picture. */
function trained(name: string, example = task(name).shown): { lesson: Lesson; first: Shown; last: Shown } {
  const lesson = new Lesson(new JsPlayer(), task(name), 1)
  const first = lesson.shown(0, example)
  while (!lesson.isOver) lesson.advance()
  return { lesson, first, last: lesson.shown(lesson.step, example) }
}

const probabilities = ({ trace }: Shown) => trace.steps.map(({ chosen }) => Math.exp(chosen.logProbability))

describe('training in the page', () => {
  test('of six words makes the targets of the article probable, from chance on', () => {
    const { lesson, first, last } = trained('six-words')
    expect(first.loss).toBeNull()
    expect(Math.max(...probabilities(first))).toBeLessThan(0.6)
    expect(Math.min(...probabilities(last))).toBeGreaterThan(0.95)
    expect(last.said).toEqual(['i', 'am', 'a', 'student'])
    expect(last.trace.target.tokens).toEqual(['i', 'am', 'a', 'student', '<eos>'])
    // Every step has all six words, whose probabilities add up to 1.
    for (const { top } of last.trace.steps)
      expect(top.reduce((sum, { logProbability }) => sum + Math.exp(logProbability), 0)).toBeCloseTo(1, 4)
    // An earlier picture is of the earlier weights, and leaves the present ones as they are.
    expect(probabilities(lesson.shown(0, task('six-words').shown))).toEqual(probabilities(first))
    expect(probabilities(lesson.shown(60, task('six-words').shown))).toEqual(probabilities(last))
  })

  test('of reversing finds the rule: letters that it never saw are right, and its attention goes backwards', () => {
    const { first, last } = trained('reversing')
    expect(first.right).toBe(0)
    expect(last.right).toBeGreaterThanOrEqual(36)
    expect(last.said).toEqual([...'daeb'])
  })

  test('of number words understands tens and ones', () => {
    const { last } = trained('numbers')
    expect(last.right).toBeGreaterThanOrEqual(6)
    expect(last.loss).toBeLessThan(0.1)
  })
})

describe.each(tasks.map((each): [string, Task] => [each.name, each]))(
  'the task %s',
  (_, { words, batch, unseen, shown, answer }) => {
    test('answers its own examples, of its own words alone, and shows none that it holds back', () => {
      const held = new Set(unseen.map(({ source }) => source.join()))
      for (const { source, target } of [...batch(1), ...batch(2), ...unseen, shown]) {
        expect(answer(source)).toEqual(target)
        expect(source.every((word) => words.source.includes(word))).toBe(true)
        expect(target.every((word) => words.target.includes(word))).toBe(true)
      }
      for (const { source } of [...batch(1), ...batch(2)]) expect(held.has(source.join())).toBe(false)
      expect(wordsOf(shown.source.join(words.source[0].length === 1 ? '' : ' '), words.source)).toEqual(shown.source)
    })
  },
)
