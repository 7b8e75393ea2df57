// The largest inputs that are read, so that no file, text or request exhausts memory. docs/errors.md lists these limits
// for users.

const MIB = 1 << 20

/** Bytes of a file of settings in JSON: config.json, generation_config.json, a training's settings and the like. */
export const LARGEST_SETTINGS = 16 * MIB

/**
 * Bytes of a file that names all tensors of a model: a safetensors header, or the index of several files. The
 * safetensors format sets this limit.
 */
export const LARGEST_HEADER = 100_000_000

/** Bytes of the pickle that names the tensors of a file of PyTorch. */
export const LARGEST_PICKLE = 16 * MIB

/** Bytes of one file of a tokenizer: a `.spm`, a vocab.json or a list of words. */
export const LARGEST_TOKENIZER_FILE = 32 * MIB

/** Bytes of a tokenizer.json: a file with 256,000 tokens and their merges, one word per line, has 40 MB. */
export const LARGEST_TOKENIZER_JSON = 128 * MIB

/** Bytes of one piece, word or special token. */
export const LONGEST_PIECE = 4096

/** Bytes of the metrics.jsonl of a training: about two million steps. */
export const LARGEST_METRICS = 512 * MIB

/** Values of a JSON text, and levels of lists and objects in one another. */
export const MOST_JSON_VALUES = 1_000_000
export const DEEPEST_JSON = 100

/** Bytes of a line of sentences or pairs, in files and on standard input. */
export const LONGEST_LINE = MIB

/** Lines and bytes, after decompression, of a file that is read as a whole to be scored. */
export const MOST_TEST_LINES = 1_000_000
export const LARGEST_TEST_SET = 256 * MIB

/** Characters (UTF-16 code units) of one text, or ids of one list, to be translated or scored. */
export const LONGEST_TEXT = 2 * MIB

/** Sources or pairs of one call. */
export const MOST_SOURCES = 1_000_000

/** Bytes of a text after the replacement rules of its tokenizer have been applied. */
export const LONGEST_NORMALIZED = 32 * MIB

/** Bytes of a document whose texts are to be translated. */
export const LARGEST_DOCUMENT = 64 * MIB

/** Bytes of an office document or book, its files, and their bytes when they are unpacked. */
export const LARGEST_PACKAGE = 256 * MIB
export const MOST_ENTRIES = 20_000
export const LARGEST_UNPACKED = 2048 * MIB

/** Characters of a part of such a document between two places where it may be cut: a paragraph, a row, a slide. */
export const LONGEST_FRAGMENT = 16 * MIB

/** Bytes of UTF-8 that Redis stores for one job of a queue, and the texts of one job. */
export const LARGEST_JOB = 16 * MIB
export const MOST_JOB_TEXTS = 10_000

/** A function that returns what `make` makes: at its first call, so that a start does not wait for it, and the same ever after. */
export function onFirstUse<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
