import { GlassformerError } from '../../../base/errors.ts'
import { LONGEST_FRAGMENT } from '../../../base/limits.ts'
import { whole } from '../../../base/values/number-text.ts'

/** Characters from which on a fragment is cut off. */
const ENOUGH = 1 << 17

/** The maximum nesting of elements. */
const MOST_LEVELS = 10_000

/** A comment, a CDATA section, an instruction, a declaration or a tag of XML. */
const MARKUP =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<!DOCTYPE[^<>[]*(?:\[[\s\S]*?\])?\s*>|<(\/?)([^\s<>/!?"'=]+)((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>/gy

/** Where a part of a document may be cut, by local names of elements. */
export interface Cuts {
  /** After these elements. */
  after: ReadonlySet<string>
  /** But not within these. */
  within: ReadonlySet<string>
}

/**
 * Cuts a part of a document, which comes in pieces, into fragments of about a hundred thousand characters. The joined
 * fragments are the part. `name` is its name in messages.
 * @throws GlassformerError ERR_INPUT where the part is not well-formed XML, ERR_INPUT_TOO_LONG where it cannot be cut
 */
export async function* fragmentsOf(
  pieces: AsyncIterable<string>,
  name: string,
  cuts: Cuts,
): AsyncGenerator<string, void, undefined> {
  const nesting = new Nesting(name, cuts)
  let text = ''
  for await (const piece of pieces) {
    text += piece
    const cut = nesting.read(text)
    if (cut > 0) {
      yield text.slice(0, cut)
      text = text.slice(cut)
    }
    if (text.length > LONGEST_FRAGMENT)
      throw new GlassformerError(
        'ERR_INPUT_TOO_LONG',
        `${name} has a paragraph, row or slide of more than ${whole(LONGEST_FRAGMENT)} characters`,
      )
  }
  nesting.end(text)
  if (text) yield text
}

/** Reads the tags of a part, which grows at its end and is cut off at its beginning. */
class Nesting {
  readonly #name: string
  readonly #cuts: Cuts
  readonly #open: string[] = []
  /** The number of open elements within which no cut may be. */
  #guards = 0
  /** How far the text has been read. */
  #at = 0
  #hasRoot = false

  constructor(name: string, cuts: Cuts) {
    this.#name = name
    this.#cuts = cuts
  }

  /** Reads on, and returns the place of a cut; 0 where there is none yet. */
  read(text: string): number {
    let cut = 0
    for (let next = text.indexOf('<', this.#at); next >= 0; next = text.indexOf('<', this.#at)) {
      MARKUP.lastIndex = next
      const found = MARKUP.exec(text)
      if (!found) break // it is cut short, or no markup, which the end tells
      this.#at = MARKUP.lastIndex
      const [, slash, tag, rest] = found
      if (tag === undefined) continue
      if (slash) this.#close(tag)
      else this.#openTag(tag, rest.endsWith('/'))
      this.#hasRoot = true
      const isAfter = (slash !== '' || rest.endsWith('/')) && this.#cuts.after.has(localName(tag))
      if (isAfter && this.#guards === 0 && this.#at >= ENOUGH) cut = this.#at
    }
    this.#at -= cut
    return cut
  }

  /** @throws GlassformerError ERR_INPUT where something is open, or not read */
  end(text: string): void {
    const next = text.indexOf('<', this.#at)
    if (next >= 0) throw this.#fail(`${JSON.stringify(text.slice(next, next + 40))} is no markup`)
    if (this.#open.length) throw this.#fail(`no </${this.#open.at(-1)}> closes <${this.#open.at(-1)}>`)
    if (!this.#hasRoot) throw this.#fail('it has no element')
  }

  #openTag(tag: string, isClosed: boolean): void {
    if (this.#open.length === 0 && this.#hasRoot) throw this.#fail(`<${tag}> follows the root element`)
    if (isClosed) return
    if (this.#open.push(tag) > MOST_LEVELS) throw this.#fail(`elements are nested more than ${whole(MOST_LEVELS)} deep`)
    if (this.#cuts.within.has(localName(tag))) this.#guards++
  }

  #close(tag: string): void {
    const open = this.#open.pop()
    if (open !== tag) throw this.#fail(open ? `</${tag}> closes <${open}>` : `</${tag}> closes nothing that is open`)
    if (this.#cuts.within.has(localName(tag))) this.#guards--
  }

  #fail(what: string): GlassformerError {
    return new GlassformerError('ERR_INPUT', `${this.#name} is no XML: ${what}`)
  }
}

const localName = (name: string) => name.slice(name.indexOf(':') + 1)
