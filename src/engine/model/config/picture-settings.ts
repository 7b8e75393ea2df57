import { settings, type Values } from '../../../base/schema/settings.ts'
import { positiveInteger } from '../../../base/schema/types.ts'
import { imageSize } from './image-settings.ts'

/** The front end of an encoder that sees. */
export const pictureSettings = settings({
  patch: { type: positiveInteger, says: 'pixels of a side of a patch; each patch is one state of the encoder' },
  channels: { type: positiveInteger, default: 3, says: 'numbers of a pixel' },
  size: {
    type: imageSize(1),
    optional: true,
    otherwise: 'any, and each patch has a learned row and column (Pix2Struct)',
    says: 'the size of all pictures, [height, width] in pixels; patches then have one learned position each (ViT)',
  },
  states: {
    type: positiveInteger,
    says: 'learned states in front of the patches, where there is a size: the class, and what distils it (DeiT); else the rows of patches that are told apart',
  },
  positions: {
    type: positiveInteger,
    says: 'learned positions of all states, where there is a size; else the columns of patches that are told apart',
  },
})

/** The front end of an encoder that sees. */
export interface PictureConfig extends Values<typeof pictureSettings> {}

/** The numbers of a patch. */
export const patchWidth = ({ patch, channels }: PictureConfig): number => channels * patch ** 2
