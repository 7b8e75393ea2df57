/** Face of use/latents/: what other rooms use of a Latent Transformer. */
export { Autoencoder, type AutoencoderOptions, autoencoderSettings, codesOfText } from './autoencoder.ts'
export { type LatentTranslation, translateByCodes } from './latent-translator.ts'
