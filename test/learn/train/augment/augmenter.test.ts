import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultsOf } from '#dist/base/schema/settings.js'
import { Augmenter, type Knowledge } from '#dist/learn/train/augment/augmenter.js'
import { CorpusWords } from '#dist/learn/train/augment/corpus-words.js'
import { type Augmentation, augmentSettings, recipes } from '#dist/learn/train/augment/settings.js'
import type { Pair } from '#dist/learn/train/pairs/corpus.js'
import { Random } from '#dist/learn/train/state/random.js'
import { stream } from '../data/files.ts'

/** Nouns of two languages that translate each other. */
const nouns = Array.from({ length: 150 }, (_, k) => {
  const end = 'bdfglmnprst'[k % 11] + 'aeiou'[k % 5] + 'rstln'[(k % 7) % 5]
  return k ? { source: `ma${end}`, target: `${end}ing` } : { source: 'chat', target: 'rabbit' }
})
const names = ['Tom', 'Alice', 'Boston', 'Emily', 'Martin', 'Ana', 'Oslo', 'Berlin', 'Ken']

/** Names and nouns in sentences, each often enough to be known. */
const corpus: Pair[] = Array.from({ length: 2250 }, (_, k) => {
  const [name, noun] = [names[k % names.length], nouns[(k * 7 + 1) % nouns.length]]
  return k % 3
    ? { source: `Voici le ${noun.source} de ${name}.`, target: `Here is ${name}'s ${noun.target}.` }
    : { source: `Je vois que ${name} est là.`, target: `I see that ${name} is there.` }
})
const words = await CorpusWords.of(stream(corpus))

const languages = { source: 'fr', target: 'en' }
const expressible = { placeholders: 4, everyCharacter: true }

function augmenter(rates: Partial<Augmentation>, more: Partial<Knowledge> = {}): Augmenter {
  const all = { ...defaultsOf(augmentSettings), ...rates } as Augmentation
  return new Augmenter(all, { words, languages, expressible, ...more })
}

/** A pair after the only augmentation, of rate 1, drawn anew for each seed. */
function made(rate: keyof Augmentation, source: string, target: string, seeds = 200, more: Partial<Knowledge> = {}) {
  const one = augmenter({ [rate]: 1 }, more)
  return Array.from({ length: seeds }, (_, seed) => one.roughened([{ source, target }], new Random(seed)))
}

describe('augmentation', () => {
  it('changes nothing if its rates are 0', () => {
    const none = augmenter({})
    for (const [k, pair] of corpus.entries()) {
      expect(none.joined(new Random(k))).toBe(0)
      expect(none.roughened([pair], new Random(k))).toEqual(pair)
    }
  })

  it('has the same result for a pair with the same random numbers, and others with others', () => {
    const of = (seed: number) => {
      const rough = augmenter(recipes.rough)
      return corpus.slice(0, 500).map((pair, k) => rough.roughened([pair], new Random(seed, k)))
    }
    const [first, other] = [of(1), of(2)]
    expect(of(1)).toEqual(first)
    expect(other.filter(({ source }, k) => source !== first[k].source).length).toBeGreaterThan(50)
  })

  it('happens to the share of pairs that its rate says', () => {
    const some = augmenter({ capitals: 0.2, withoutStop: 0.5 })
    const all = Array.from({ length: 2000 }, (_, k) => some.roughened([corpus[k % 2250]], new Random(1, k)))
    const shareOf = (test: (pair: Pair) => boolean) => all.filter(test).length / all.length
    expect(shareOf(({ source }) => source === source.toUpperCase())).toBeCloseTo(0.2, 1)
    expect(shareOf(({ source }) => !source.endsWith('.'))).toBeCloseTo(0.5, 1)
    const joining = augmenter({ joined: 0.3 })
    const joined = Array.from({ length: 2000 }, (_, k) => joining.joined(new Random(2, k)))
    expect(joined.filter((count) => count > 0).length / 2000).toBeCloseTo(0.3, 1)
    expect(new Set(joined)).toEqual(new Set([0, 1, 2]))
  })

  it('leaves well-formed text on both sides of any pair', () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }),
        fc.constantFrom('Tom', ' ', '.', '2024', "d'", 'É', '\ue000', 'œ'),
      ),
      minLength: 1,
      maxLength: 12,
    })
    const every = Object.fromEntries(
      Object.keys(recipes.rough).map((name) => [
        name,
        name === 'title' || name === 'lower' ? 0.3 : name === 'capitals' ? 0.3 : 0.9,
      ]),
    )
    const all = augmenter(every)
    fc.assert(
      fc.property(
        fc.array(fc.record({ source: text, target: text }), { minLength: 1, maxLength: 3 }),
        fc.nat(),
        (pairs, seed) => {
          const given = pairs.map(({ source, target }) => ({ source: `a${source}`, target: `b${target}` }))
          const { source, target } = all.roughened(given, new Random(seed))
          expect(source.trim()).not.toBe('')
          expect(target.trim()).not.toBe('')
          expect(source.isWellFormed() && target.isWellFormed()).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('joined pairs', () => {
  it('follow each other with a space, or without one after a wide full stop', () => {
    const pairs = [
      { source: 'Un.', target: '一。' },
      { source: 'Deux ?', target: '二？' },
    ]
    expect(augmenter({}).roughened(pairs, new Random(1))).toEqual({ source: 'Un. Deux ?', target: '一。二？' })
  })
})

describe('names', () => {
  it('become the same other name on both sides, usually one that is not in the corpus', () => {
    const all = made('names', 'La maison de Boston est là.', 'The house of Boston is there.')
    const found = all.map(({ source, target }) => {
      const name = /^La maison de (.+) est là\.$/.exec(source)![1]
      expect(target).toBe(`The house of ${name} is there.`)
      expect(name).toMatch(/^\p{Lu}/u)
      return name
    })
    expect(new Set(found).size).toBeGreaterThan(40)
    expect(found.filter((name) => !name.split(/[ -]/).every((word) => names.includes(word))).length).toBeGreaterThan(
      100,
    )
  })

  it('begin with a vowel if the old name does, so that articles stay right', () => {
    for (const { source } of made('names', "Le livre d'Alice.", "Alice's book.")) expect(source).toMatch(/d'[aeiouyh]/i)
    for (const { source } of made('names', 'Le livre de Tom.', "Tom's book.")) expect(source).toMatch(/de [^aeiouyh]/i)
  })

  it('come from a list half of the time', () => {
    const nameList = ['Saint-Étienne', 'Mont Blanc']
    const all = made('names', 'Je vois Tom.', 'I see Tom.', 400, { nameList })
    const listed = all.filter(({ source }) => nameList.some((name) => source === `Je vois ${name}.`))
    expect(listed.length / 400).toBeGreaterThan(0.35)
    expect(listed.length / 400).toBeLessThan(0.75)
  })

  it('leave words that are not names, and names that occur twice', () => {
    const pairs = [
      ['Je vois que Tom voit Tom.', 'I see that Tom sees Tom.'],
      ['Voici le pain.', 'Here is the bread.'],
    ]
    for (const [source, target] of pairs)
      for (const pair of made('names', source, target, 20)) expect(pair).toEqual({ source, target })
  })
})

describe('numbers', () => {
  it('become the same other number of 1 to 7 digits on both sides', () => {
    const lengths = new Set<number>()
    for (const { source, target } of made('numbers', 'Il a 12 chats.', 'He has 12 cats.')) {
      const [digits] = /\d+/.exec(source)!
      lengths.add(digits.length)
      expect(source).toBe(`Il a ${digits} chats.`)
      expect(target).toBe(`He has ${digits} cats.`)
    }
    expect([...lengths].sort()).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('replace number words, if both sides have the same one', () => {
    for (const { source, target } of made('numbers', 'Il a dix-sept chats.', 'He has seventeen cats.', 20))
      expect([source, target]).toEqual([
        expect.stringMatching(/^Il a \d+ chats\.$/),
        `He has ${/\d+/.exec(source)![0]} cats.`,
      ])
  })

  it('leave numbers that are part of others, spelled differently, or 1', () => {
    const kept = [
      ['À 14 h 30.', 'At 2:30.'],
      ['Il en a 2,5 sur 10 000.', 'He has 2.5 of 10,000.'],
      ['Il a 1 chat.', 'He has 1 cat.'],
      ['Il a vingt-deux chats.', 'He has twenty-two cats.'],
      ['Il a cinq cents chats.', 'He has five hundred cats.'],
      ['Il a deux chats.', 'He has three cats.'],
    ]
    for (const [source, target] of kept)
      for (const pair of made('numbers', source, target, 20)) expect(pair).toEqual({ source, target })
  })
})

describe('copied tokens', () => {
  const [source, target] = ['Voici le chat de Boston.', "Here is Boston's rabbit."]

  it('are added on both sides, with placeholders numbered in the order of the source', () => {
    const both = made('copied', source, target, 400)
    const numbersIn = (text: string) => [...text.matchAll(/⟦(\d+)⟧/g)].map(([, number]) => Number(number))
    for (const pair of both) {
      expect(numbersIn(pair.source)).toEqual(numbersIn(pair.source).map((_, k) => k + 1))
      expect(numbersIn(pair.target).sort()).toEqual(numbersIn(pair.source).sort())
    }
    expect(both.filter((pair) => pair.source === source).length).toBeLessThan(10)
    const withTags = both.filter((pair) => numbersIn(pair.source).length === 2)
    expect(withTags.length).toBeGreaterThan(20)
    expect(withTags.some((pair) => pair.source.includes('⟦1⟧chat⟦2⟧') && pair.target.includes('⟦1⟧rabbit⟦2⟧'))).toBe(
      true,
    )
  })

  it('number the placeholders of joined pairs consecutively, and use no more than there are', () => {
    const all = augmenter({ copied: 1 }, { expressible: { placeholders: 2, everyCharacter: false } })
    const pairs = [corpus[0], corpus[1], corpus[2]]
    const found = Array.from({ length: 300 }, (_, seed) => all.roughened(pairs, new Random(seed)))
    const most = (text: string) => Math.max(0, ...[...text.matchAll(/⟦(\d+)⟧/g)].map(([, number]) => Number(number)))
    expect(Math.max(...found.map((pair) => most(pair.source)))).toBe(2)
  })

  it('are codes, addresses, program placeholders and tags for a vocabulary without pieces for placeholders', () => {
    const all = made('copied', source, target, 600, { expressible: { placeholders: 0, everyCharacter: false } })
    const text = all.map((pair) => pair.source).join('\n')
    expect(text).not.toMatch(/[⟦⟧]|\p{Extended_Pictographic}|[α-я]/u)
    for (const kind of [/\{\w+\}/, /<(\w+)>.*<\/\1>/, /https:\/\//, /\w+@\w+\./, /[A-Z]+-?\d+/])
      expect(text).toMatch(kind)
    for (const pair of all)
      for (const [token] of pair.source.matchAll(/https?:[\w./:-]*\w|\w+@[\w.]*\w|\{+[^}]+\}+/g))
        expect(pair.target).toContain(token)
  })

  it('include emoji and other scripts if every character can be written', () => {
    const text = made('copied', source, target, 600)
      .map((pair) => pair.source)
      .join('\n')
    expect(text).toMatch(/\p{Extended_Pictographic}/u)
    expect(text).toMatch(/[\p{Script=Greek}\p{Script=Han}\p{Script=Cyrillic}]/u)
  })

  it('keep their letters, whatever happens to the text around them', () => {
    const all = augmenter(
      { copied: 1, capitals: 0.5, lower: 0.5, typos: 1, withoutAccents: 1 },
      { expressible: { placeholders: 0, everyCharacter: false } },
    )
    for (let seed = 0; seed < 300; seed++) {
      const pair = all.roughened([{ source, target }], new Random(seed))
      for (const [address] of pair.source.matchAll(/https?:[\w./:-]*\w/g)) expect(pair.target).toContain(address)
    }
  })
})

describe('letters', () => {
  it('are capitals on both sides, by the rules of their languages', () => {
    const turkish = { languages: { source: 'tr', target: 'de' } }
    expect(made('capitals', 'iyi ışık', 'die Straße', 1, turkish)).toEqual([
      { source: 'İYİ IŞIK', target: 'DIE STRASSE' },
    ])
    const unknown = { languages: { source: 'fra_Latn' } }
    expect(made('capitals', 'Là.', 'There.', 1, unknown)).toEqual([{ source: 'LÀ.', target: 'THERE.' }])
  })

  it('begin words with capitals', () => {
    expect(made('title', "Je vois l'été de Tom.", "I see Tom's summer.", 1)).toEqual([
      { source: "Je Vois L'été De Tom.", target: "I See Tom's Summer." },
    ])
  })

  it('are lower-cased in the source, and at the beginning of a target unless it is a name or I', () => {
    const lower = (source: string, target: string) => made('lower', source, target, 1)[0]
    expect(lower('Je vois Tom.', 'I see Tom.')).toEqual({ source: 'je vois tom.', target: 'I see Tom.' })
    expect(lower('Tom voit.', 'Tom sees.')).toEqual({ source: 'tom voit.', target: 'Tom sees.' })
    expect(lower('Là est Tom.', 'There is Tom.')).toEqual({ source: 'là est tom.', target: 'there is Tom.' })
  })

  it('lose their accents in the source, except in words that the target has too', () => {
    expect(made('withoutAccents', 'Le café de Noël, là, cœur.', 'The café, heart.', 1)).toEqual([
      { source: 'Le café de Noel, la, coeur.', target: 'The café, heart.' },
    ])
    expect(made('withoutAccents', 'Мой ёж', 'My hedgehog', 1)[0].source).toBe('Мой ёж')
  })

  it('are swapped, doubled or left out in the source, in one or two words, except in words that the target has too', () => {
    const all = made('typos', 'Voici le jardin de Martin.', 'Here is the garden of Martin.')
    for (const { source, target } of all) {
      expect(target).toBe('Here is the garden of Martin.')
      expect(source).toMatch(/de Martin\.$/)
      const wrong = source.split(' ').filter((word, k) => word !== 'Voici le jardin de Martin.'.split(' ')[k])
      expect(wrong.length).toBeLessThanOrEqual(2)
    }
    const sources = new Set(all.map(({ source }) => source))
    for (const typed of ['Vocii', 'Voicci', 'Vici'])
      expect([...sources].some((source) => source.startsWith(`${typed} `))).toBe(true)
  })

  it('lose the full stop on both sides, if both have one', () => {
    const drop = (source: string, target: string) => made('withoutStop', source, target, 1)[0]
    expect(drop('Là.', 'There.')).toEqual({ source: 'Là', target: 'There' })
    expect(drop('Là .', 'あれ。')).toEqual({ source: 'Là', target: 'あれ' })
    for (const [source, target] of [
      ['Là...', 'There...'],
      ['Là !', 'There.'],
      ['Là.', 'There!'],
      ['.', '.'],
    ])
      expect(drop(source, target)).toEqual({ source, target })
  })
})
