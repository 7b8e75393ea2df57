/** A word without white space in the syntax of programs: a path, an identifier, a time, a color, a language code. */
const CODE =
  /^(?=.*[A-Za-z0-9])[!-~]*(?:[\w](?:[_/\\@#=&:0-9]|\.(?=\w))|[_/\\@#=&0-9][\w])[!-~]*$|^[a-z]{2,3}-[A-Z]{2}$/

/** The maximum length of a code in characters. */
const LONGEST = 256

/** Whether a text has words to translate, and is not a program's code. */
export const isText = (text: string): boolean =>
  /\p{L}/u.test(text) && (text.length > LONGEST || !CODE.test(text.trim()))
