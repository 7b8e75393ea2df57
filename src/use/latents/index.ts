/** Face of use/latents/: what other rooms use of a Latent Transformer. */
export { Autoencoder, type AutoencoderOptions, autoencoderSettings } from './autoencoder.ts'
export { codesOfText } from './codes-text.ts'
export { type LatentTranslation, translateByCodes } from './latent-translator.ts'
