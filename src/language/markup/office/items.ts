import { escapeText } from '../document/entities.ts'

/**
 * The run in which a text stands, such as Word's `<w:r>` with its format, or nothing where texts stand in a paragraph
 * itself.
 */
export interface Run {
  /** Texts of one key look alike: their runs are one run. */
  key: string
  open: string
  close: string
  /** A text within the open run. */
  wrap(text: string): string
}

/** No run is open. */
export const NO_RUN: Run = { key: '', open: '', close: '', wrap: escapeText }

/** A part of a paragraph, in the order of the document. */
export interface Item {
  /**
   * 'text': words, which are written anew. All others are kept: 'open' and 'close' around words, 'mark' without words,
   * 'copy' with a text that is read as one word, and 'cut', at which a text ends.
   */
  kind: 'text' | 'open' | 'close' | 'mark' | 'copy' | 'cut'
  start: number
  end: number
  text: string
  /** The shared name of an open item and its close. */
  name: string
  /** The runs that are open in the source before and after the item. */
  before: Run
  after: Run
  /** The run of a text. */
  run: Run
}

type Place = Pick<Item, 'start' | 'end'>

/** An item that stays as it is within a run, or outside of runs. */
export const keptItem = (kind: Item['kind'], { start, end }: Place, run: Run, text = '', name = ''): Item => ({
  kind,
  start,
  end,
  text,
  name,
  before: run,
  after: run,
  run,
})
