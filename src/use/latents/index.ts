/** Face of use/latents/: what other rooms use of a Latent Transformer. */
export {
  Autoencoder,
  type AutoencoderOptions,
  autoencoderSettings,
  codesOfText,
  type LatentTranslation,
  translateByCodes,
} from './autoencoder.ts'
