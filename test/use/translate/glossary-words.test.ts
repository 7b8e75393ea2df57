import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Translator } from '#dist/index.js'

let translator: Translator
beforeAll(async () => {
  translator = await Translator.load(undefined, { workers: 1 })
})
afterAll(() => translator.close())

/** Ordinary sentences, and their translations with terms, each read by eye. */
const SENTENCES: [string, Record<string, string>, RegExp][] = [
  ['Le chat dort.', { chat: 'tomcat' }, /^The tomcat is sleeping\.$/],
  ['Un cheval court dans le champ.', { cheval: 'steed' }, /^A steed (runs|is running) (in|into) the field\.$/],
  ['Mon cheval est dans le champ.', { cheval: 'steed' }, /^My steed is in the field\.$/],
  ['Elle a vu un oiseau.', { oiseau: 'eagle' }, /^She saw an eagle\.$/],
  ['Il a acheté une orange.', { orange: 'pear' }, /^He bought a pear\.$/],
  ['L’élève lit un livre.', { élève: 'pupil' }, /^The pupil (reads|is reading) a book\.$/],
  [
    'Le chat noir dort sur le canapé.',
    { chat: 'tomcat', canapé: 'settee' },
    /^The black tomcat is sleeping on the settee\.$/,
  ],
  ["J'ai acheté une voiture rouge hier.", { voiture: 'automobile' }, /^I bought a red automobile yesterday\.$/],
  ['Le médecin a examiné le patient.', { médecin: 'physician' }, /^The physician examined the patient\.$/],
  ['Mon frère habite dans une petite maison.', { maison: 'cottage' }, /^My brother lives in a small cottage\.$/],
  [
    'Le chien du voisin aboie toute la nuit.',
    { chien: 'hound', voisin: 'neighbour' },
    /^The neighbour's hound barks all night\.$/,
  ],
  ['Nous mangeons du pain et du fromage.', { pain: 'baguette', fromage: 'cheddar' }, /^We eat baguette and cheddar\.$/],
  ['La police cherche le voleur.', { voleur: 'burglar' }, /^The police are looking for the burglar\.$/],
  ['Le cheval boit de l’eau.', { cheval: 'steed' }, /^The steed drinks water\.$/],
  ['Ma sœur lit un livre.', { livre: 'novel', sœur: 'sibling' }, /^My sibling is reading a novel\.$/],
  [
    'Le garçon a cassé la fenêtre avec une pierre.',
    { garçon: 'lad', fenêtre: 'windowpane', pierre: 'rock' },
    /^The lad broke the windowpane with a rock\.$/,
  ],
  [
    'La fille porte une robe bleue et un chapeau.',
    { fille: 'lass', robe: 'gown', chapeau: 'bonnet' },
    /^The lass (wears|is wearing) a blue gown and a bonnet\.$/,
  ],
  [
    'Le chat de ma mère a mangé le poisson et le chien a bu le lait dans la cuisine.',
    { chat: 'tomcat', mère: 'mum', poisson: 'haddock', chien: 'hound', cuisine: 'kitchenette' },
    /^My mum's tomcat ate the haddock and the hound drank (the )?milk in the kitchenette\.$/,
  ],
]

describe('terms take the places of the words that the model would write', () => {
  it.each(SENTENCES)('%s', async (source, glossary, expected) => {
    const { text, glossary: terms } = await translator.translate(source, { glossary })
    expect(text).toMatch(expected)
    expect(terms!.every(({ found }) => found)).toBe(true)
  })
})

it('joins a term to an article that ends with an apostrophe', async () => {
  const other = await Translator.load('en-fr', { workers: 1 })
  const { text } = await other.translate('The student reads a book.', {
    glossary: { student: 'écolier', book: 'bouquin' },
  })
  await other.close()
  expect(text).toBe("L'écolier lit un bouquin.")
})

it('leaves a sentence as it is, and says so, where a term has no place in it', async () => {
  const { text, glossary } = await translator.translate('Le chat dort.', {
    glossary: { dort: 'a very long term that stands nowhere at all' },
    suppress: translator.tokenizer!.encodeTarget('nowhere', { special: false }),
  })
  expect(text).toBe('The cat is sleeping.')
  expect(glossary).toMatchObject([{ found: false, reason: 'search' }])
})
