/**
 * The n-grams by which eld tells languages, as a module of columns: sorted n-grams without what each shares with the one before it, and
 * their languages and frequencies as characters. npm's gzip makes 40% less of it than of the object.
 */

/** An object of n-grams, each with frequencies by numbers of languages. */
interface Data {
  ngrams: Record<string, Record<string, number>>
}

/** The same in columns. */
interface Columns {
  shared: string
  rests: string
  counts: string
  languages: string
  frequencies: string
  others: object
  zero: number
}

/** Numbers are characters from here on, so that no character needs an escape of its own but a quote and a backslash. */
const ZERO = 32

/** The source of a module that exports the same `ngramsData`. */
export function packedModule({ ngrams, ...others }: Data): string {
  return `export const ngramsData = (${unpacked})(${JSON.stringify({ ...columnsOf(ngrams), others, zero: ZERO })})\n`
}

/** The columns of an object of n-grams, of which each is an object of frequencies by numbers of languages. */
export function columnsOf(ngrams: Data['ngrams']) {
  const columns = { shared: '', rests: [] as string[], counts: '', languages: '', frequencies: '' }
  const character = (number: number | string) => String.fromCharCode(ZERO + Number(number))
  let before = ''
  for (const ngram of Object.keys(ngrams).sort()) {
    let shared = 0
    while (shared < ngram.length && ngram[shared] === before[shared]) shared++
    const entries = Object.entries(ngrams[ngram])
    columns.shared += character(shared)
    columns.rests.push(ngram.slice(shared))
    columns.counts += character(entries.length)
    for (const [language, frequency] of entries) {
      columns.languages += character(language)
      columns.frequencies += character(frequency)
    }
    before = ngram
  }
  const rests = columns.rests.join('\n')
  if (rests.split('\n').length !== columns.rests.length) throw new Error('an n-gram of eld has an end of a line in it')
  return { ...columns, rests }
}

/** The data again. The module contains this function's source, so that it uses nothing from outside. */
export function unpacked({ shared, rests, counts, languages, frequencies, others, zero }: Columns): Data {
  const ngrams: Data['ngrams'] = {}
  let ngram = ''
  let at = 0
  for (const [i, rest] of rests.split('\n').entries()) {
    ngram = ngram.slice(0, shared.charCodeAt(i) - zero) + rest
    const ofLanguages: Record<string, number> = {}
    for (const end = at + counts.charCodeAt(i) - zero; at < end; at++)
      ofLanguages[languages.charCodeAt(at) - zero] = frequencies.charCodeAt(at) - zero
    ngrams[ngram] = ofLanguages
  }
  return { ...others, ngrams }
}
