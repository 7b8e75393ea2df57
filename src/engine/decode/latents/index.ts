/** Face of decode/latents/: what other rooms use of codes of targets. */
export { type CodedPair, LatentCodec, paddedTarget } from './latent-codec.ts'
