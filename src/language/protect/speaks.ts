const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u

/** Whether a text has something to translate: a letter or a digit. */
export const speaks = (text: string): boolean => LETTER_OR_DIGIT.test(text)
