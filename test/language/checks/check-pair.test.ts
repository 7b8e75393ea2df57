import { describe, expect, test } from 'vitest'
import { checkPair } from '#dist/language/checks/check-pair.js'
import type { CheckContext } from '#dist/language/checks/checked-pair.js'

const french: CheckContext = { languages: { source: 'fr', target: 'en' }, terms: [] }

const found = (source: string, target: string, context = french) =>
  checkPair({ source, target }, context).map(({ check, says }) => `${check}: ${says}`)

describe('a translation with a fault', () => {
  test.each([
    [
      'Il y a 12 chats.',
      'There are 13 cats.',
      ['numbers: the number 12 is missing', 'numbers: the number 13 is not in the source'],
    ],
    ['Il a 3,5 litres.', 'He has 35 liters. 4', ['numbers: the number 4 is not in the source']],
    ['Il a 5 chats.', 'He has cats.', ['numbers: the number 5 is missing']],
    ['Bonjour %s, %1$d.', 'Hello, %1$d.', ['placeholders: the placeholder %s is missing']],
    [
      'Voir https://a.fr/b là.',
      'See https://a.en/b there.',
      [
        'placeholders: the placeholder https://a.fr/b is missing',
        'placeholders: the placeholder https://a.en/b is not in the source',
      ],
    ],
    ['Le <b>chat</b> dort.', 'The <b>cat sleeps.', ['tags: the tag </b> is missing']],
    [
      'un <b>deux</b> <i>trois</i>',
      '</b>two<b> <i>three</i>',
      ['tags: tags are closed in another order than they are opened'],
    ],
    ['Bonjour', ' ', ['untranslated: it has no translation']],
    ['Le chat dort.', 'le  chat dort.', ['untranslated: the translation is the source itself']],
    ['Le chat dort.', 'The the cat sleeps.', ['doubled: the word “the” stands twice']],
    [
      'Une phrase assez longue pour compter ici.',
      'Short.',
      ['length: the translation has 0.1 times the length of the source'],
    ],
    [
      'Une phrase assez longue.',
      'It is a sentence, and it goes on and on and on until it ends.',
      ['length: the translation has 2.5 times the length of the source'],
    ],
  ])('%s → %s', (source, target, expected) => {
    expect(found(source, target)).toEqual(expected)
  })

  test('has not the terms of a glossary', () => {
    const terms = [
      ['matou', ['tomcat']],
      ['élève', ['pupil', 'student']],
    ] as const
    const context = { ...french, terms }
    expect(found('Le matou dort.', 'The cat sleeps.', context)).toEqual([
      'terms: “matou” is not translated as “tomcat”',
    ])
    expect(found('Un élève lit.', 'A child reads.', context)).toEqual([
      'terms: “élève” is not translated as “pupil” or “student”',
    ])
    expect(found('Le matou et l’élève.', 'The Tomcats and the student.', context)).toEqual([])
    expect(found('Des matous.', 'Cats.', context)).toEqual([])
  })

  test('has not the inline tags of its source', () => {
    const tags = { source: ['<g 1>', '<x 2>'], target: ['<x 2>'] }
    expect(checkPair({ source: 'un deux', target: 'one two', tags }, french)).toEqual([
      { check: 'tags', says: 'the tag <g 1> is missing' },
    ])
  })
})

test.each([
  ['Il y a 3 chats.', 'There are three cats.'],
  ['1 234,50 € payés le 31/12/2024 à 14:30', '€1,234.50 paid on 31/12/2024 at 2:30 pm'],
  ['Appelez le 01 23 45 67 89.', 'Call 01 23 45 67 89.'],
  ['Nous nous aimons.', 'We we love each other.'],
  ['%1$s a %2$d chats', '%2$d cats of %1$s'],
  ['USB', 'USB'],
  ['12', '12'],
  ['Non', 'No'],
  ['猫は庭の大きな木の下で静かに眠っています。', 'The cat is sleeping quietly under the big tree in the garden.'],
])('a good translation has none: %s → %s', (source, target) => {
  expect(found(source, target)).toEqual([])
})

test.each(['1 ', '12,', '%s ', '<b>', '</b>', 'a a ', '9.'])('a text of %s over and over takes no time', (part) => {
  const text = part.repeat(20_000)
  const began = process.cpuUsage()
  for (const length of [4999, text.length])
    checkPair({ source: text.slice(0, length), target: text.slice(1, length) }, french)
  expect(process.cpuUsage(began).user).toBeLessThan(1_000_000) // microseconds
})
