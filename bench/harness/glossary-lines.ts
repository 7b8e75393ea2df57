import { readFileSync } from 'node:fs'

/** Sentences with a term: French, and English with the term's translation in the place of $. */
const TEMPLATES = [
  ['Je cherche {le}.', "I'm looking for the $."],
  ['Où est {le} ?', 'Where is the $?'],
  ['Tom a oublié {le} à la maison.', 'Tom left the $ at home.'],
  ['Il y a {un} dans la rue.', 'There is a $ in the street.'],
  ['Est-ce que tu as vu {le} ce matin ?', 'Did you see the $ this morning?'],
  ['Elle voulait dessiner {un}, mais elle était fatiguée.', 'She wanted to draw a $, but she was tired.'],
  ['Je ne peux pas vivre sans {le}.', "I can't live without the $."],
  ['Pourquoi as-tu choisi {le} ?', 'Why did you choose the $?'],
  ['Nous avons parlé avec {le} hier soir.', 'We spoke with the $ last night.'],
  ["C'est {un} que je ne connais pas.", "It's a $ that I don't know."],
]

/** test/glossary, from bench/harness and from bench/dist/harness. */
const GLOSSARY = new URL(
  import.meta.url.includes('/bench/dist/') ? '../../../test/glossary/' : '../../test/glossary/',
  import.meta.url,
)

const articles = (words: string, gender: string): Record<string, string> => ({
  le: /^[aeiouyâêîôûéèh]/iu.test(words) ? `l'${words}` : `${gender === 'f' ? 'la' : 'le'} ${words}`,
  un: `${gender === 'f' ? 'une' : 'un'} ${words}`,
})

/** A term with a sentence that has it, and the sentence's translation with the term's. */
export interface GlossaryLine {
  source: string
  target: string
  sentence: string
  reference: string
}

/** 200 terms: a hundred that a model uses by itself, and a hundred for which it would use another word. */
export function glossaryLines(): GlossaryLine[] {
  const lines = readFileSync(new URL('terms.tsv', GLOSSARY), 'utf8').trim().split('\n')
  return lines.map((line, i) => {
    const [source, gender, target] = line.split('\t')
    const [french, english] = TEMPLATES[i % TEMPLATES.length]
    const sentence = french.replace(/\{(le|un)\}/, (_, article) => articles(source, gender)[article])
    return { source, target, sentence, reference: english.replace('$', target).replace(/\ba(?= [aeiou])/, 'an') }
  })
}
