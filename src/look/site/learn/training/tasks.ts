import { Random } from '../../../../learn/train/state/random.ts'

/** Words of a source and of its target, each without the end. */
export interface Example {
  source: readonly string[]
  target: readonly string[]
}

/** What is learned in the page: words on both sides, a model that is small enough, and how it is trained. */
export interface Task {
  name: string
  title: string
  says: string
  /** The words of both sides; the end is added after them. */
  words: { source: readonly string[]; target: readonly string[] }
  model: { dModel: number; heads: number; dFeedForward: number }
  steps: number
  /** The steps between two pictures. */
  every: number
  /** The highest learning rate. */
  rate: number
  /** The pairs of a step. */
  batch(step: number): readonly Example[]
  /** Pairs that training never shows; empty where there are too few for that. */
  unseen: readonly Example[]
  /** The first example of the pictures. */
  shown: Example
  /** The right target of a source that a visitor types; null where it is none of this task. */
  answer(source: readonly string[]): readonly string[] | null
}

/** A sentence of the words of a task's side: by spaces, or letter by letter where all words are letters. */
export function wordsOf(text: string, words: readonly string[]): string[] {
  const trimmed = text.trim().toLowerCase()
  return words.every((word) => word.length === 1) ? [...trimmed.replace(/\s/g, '')] : trimmed.split(/\s+/)
}

const sixWords: Task = (() => {
  const pairs: Example[] = [
    { source: ['je', 'suis', 'étudiant'], target: ['i', 'am', 'a', 'student'] },
    { source: ['merci'], target: ['thanks'] },
  ]
  const same = (a: readonly string[], b: readonly string[]) => a.join(' ') === b.join(' ')
  return {
    name: 'six-words',
    title: 'Six words',
    says: 'Two sentences and an output vocabulary of six words: a, am, i, thanks, student and the end. Every step shows the model both sentences.',
    words: { source: ['je', 'suis', 'étudiant', 'merci', 'bien'], target: ['a', 'am', 'i', 'thanks', 'student'] },
    model: { dModel: 16, heads: 2, dFeedForward: 32 },
    steps: 60,
    every: 1,
    rate: 0.01,
    batch: () => pairs,
    unseen: [],
    shown: pairs[0],
    answer: (source) => pairs.find((pair) => same(pair.source, source))?.target ?? null,
  }
})()

const letters = [...'abcdefgh']

/** Letters, three to six of them. */
function lettersOf(random: Random): Example {
  const source = Array.from({ length: 3 + random.below(4) }, () => letters[random.below(letters.length)])
  return { source, target: [...source].reverse() }
}

const reversing: Task = (() => {
  const random = new Random(7)
  const unseen = Array.from({ length: 40 }, () => lettersOf(random))
  const held = new Set(unseen.map(({ source }) => source.join('')))
  return {
    name: 'reversing',
    title: 'Reversing letters',
    says: 'Three to six letters, to be written backwards. Each step shows 32 new examples; 40 others are never shown, and tell whether the rule was learned.',
    words: { source: letters, target: letters },
    model: { dModel: 32, heads: 2, dFeedForward: 64 },
    steps: 300,
    every: 5,
    rate: 0.01,
    batch(step) {
      const random = new Random(1, step)
      const pairs: Example[] = []
      while (pairs.length < 32) {
        const pair = lettersOf(random)
        if (!held.has(pair.source.join(''))) pairs.push(pair)
      }
      return pairs
    },
    unseen,
    shown: { source: [...'bead'], target: [...'daeb'] },
    answer: (source) => (source.length > 0 && source.length <= 6 ? [...source].reverse() : null),
  }
})()

const ONES = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve']
const TEENS = ['thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen']
const TENS = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']

/** 42 → ['forty', 'two']. */
function numberWords(number: number): string[] {
  if (number < 20) return [[...ONES, ...TEENS][number]]
  const rest = number % 10
  return [TENS[Math.floor(number / 10) - 2], ...(rest ? [ONES[rest]] : [])]
}

const numbers: Task = (() => {
  const example = (number: number): Example => ({ source: [...String(number)], target: numberWords(number) })
  const all = Array.from({ length: 100 }, (_, number) => number)
  // Every digit and every ten is in some other number.
  const held = new Set([24, 37, 42, 58, 61, 76, 83, 95])
  const known = all.filter((number) => !held.has(number))
  return {
    name: 'numbers',
    title: 'Number words',
    says: 'The numbers 0 to 99 in words. Eight of them, 42 among them, are never shown: the model can have them right only if it has understood tens and ones.',
    words: { source: [...'0123456789'], target: [...ONES, ...TEENS, ...TENS] },
    model: { dModel: 32, heads: 2, dFeedForward: 64 },
    steps: 200,
    every: 4,
    rate: 0.01,
    batch(step) {
      const random = new Random(2, step)
      return Array.from({ length: 32 }, () => example(known[random.below(known.length)]))
    },
    unseen: [...held].map(example),
    shown: example(42),
    answer: (source) => (/^(\d|[1-9]\d)$/.test(source.join('')) ? numberWords(Number(source.join(''))) : null),
  }
})()

/** All tasks, the article's first. */
export const tasks: readonly Task[] = [sixWords, reversing, numbers]
