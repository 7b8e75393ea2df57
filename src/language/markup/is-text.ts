/** A word without white space that programs write and people do not: a path, an identifier, a time, a color, a language code. */
const CODE =
  /^(?=.*[A-Za-z0-9])[!-~]*(?:[\w](?:[_/\\@#=&:0-9]|\.(?=\w))|[_/\\@#=&0-9][\w])[!-~]*$|^[a-z]{2,3}-[A-Z]{2}$/

/** The most characters of a code. */
const LONGEST = 256

/** Whether a text has words to be translated, and is not a code of programs. */
export const isText = (text: string): boolean =>
  /\p{L}/u.test(text) && (text.length > LONGEST || !CODE.test(text.trim()))
