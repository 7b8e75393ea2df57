import type { pull as pullNow } from './pull.ts'

/**
 * Downloads a model and returns the path that `Translator.load` takes. A name of the Hugging Face hub is downloaded into
 * the cache that Python uses too; `firefox/fr-en`, `firefox/fr-en/base-memory` and `argos/fr-en` from the registries of
 * Firefox and Argos into the cache of this package; `opus-mt/fr-en` is a name of the hub's Helsinki-NLP. Only files that are needed and not there yet are downloaded, and an interrupted download resumes where it
 * stopped. Sizes and SHA-256 are checked.
 * @throws GlassformerError ERR_HUB, ERR_NETWORK, ERR_CHECKSUM, ERR_FILE, ERR_MODEL_FORMAT, ERR_UNSUPPORTED, ERR_OPTION, ERR_ABORTED
 */
// pull.ts is loaded at the first call, so that programs that only translate do not load the network code.
export const pull: typeof pullNow = async (...given) => (await import('./pull.ts')).pull(...given)
