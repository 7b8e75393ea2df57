import { fileURLToPath } from 'node:url'
import { GlassformerError, messageOf, shown } from '../base/errors.ts'
import { isArrayOf, isBlob, isUrl, kindOf } from '../base/values/value-class.ts'
import { fileError } from '../formats/disk/read-file.ts'
import type { Pixels } from './resize.ts'

/** A picture in memory: 8 bits a number, row by row. */
export interface RawImage {
  data: Uint8Array | Uint8ClampedArray
  width: number
  height: number
  /** 1: gray, 2: gray and its transparency, 3: red, green and blue, 4: with transparency. Default: by the length of the data. */
  channels?: number
}

/** A picture as callers have it: the path or `file:` URL of a file, its bytes, a Blob or File, or its pixels. */
export type ImageInput = string | URL | Uint8Array | ArrayBuffer | Blob | RawImage

/** More pixels than a page that is scanned in any detail has. */
const MOST_PIXELS = 2 ** 28

/**
 * The pixels of a picture. PNG, JPEG, WebP and others are decoded by `sharp`, which is turned as its EXIF says; pixels are taken as they are.
 * @throws GlassformerError ERR_INPUT for what is no picture, ERR_IMAGE_FORMAT for a damaged one or without `sharp`, ERR_FILE
 */
export async function openImage(image: ImageInput): Promise<Pixels> {
  if (typeof image === 'string' || isUrl(image)) return decoded(pathOf(image), String(image))
  if (isArrayOf<Uint8Array>(Uint8Array, image)) return decoded(image, 'the image')
  if (kindOf(image) === 'ArrayBuffer') return decoded(new Uint8Array(image as ArrayBuffer), 'the image')
  if (isBlob(image)) return decoded(new Uint8Array(await image.arrayBuffer()), 'the image')
  if (typeof image === 'object' && image !== null && 'data' in image) return rawPixels(image)
  throw new GlassformerError(
    'ERR_INPUT',
    `an image is the path of a file, its bytes, or { data, width, height }, not ${shown(image)}`,
  )
}

function pathOf(image: string | URL): string {
  const address = String(image)
  if (!/^[a-z][a-z\d+.-]+:/i.test(address) || !isUrl(image)) return address
  if (address.startsWith('file:')) return fileURLToPath(address)
  throw new GlassformerError('ERR_INPUT', `${address} is no file: read its bytes first`)
}

function rawPixels({ data, width, height, channels = data?.length / (width * height) }: RawImage): Pixels {
  const areSides = [width, height].every((side) => Number.isSafeInteger(side) && side > 0)
  const isData = isArrayOf<Uint8Array>(Uint8Array, data) || isArrayOf<Uint8ClampedArray>(Uint8ClampedArray, data)
  if (!isData || !areSides || ![1, 2, 3, 4].includes(channels) || data.length !== width * height * channels)
    throw new GlassformerError(
      'ERR_INPUT',
      `pixels of an image are width · height · channels bytes with 1 to 4 channels, not ${isData ? data.length : shown(data)} for ${shown(width)} · ${shown(height)} · ${shown(channels)}`,
    )
  return { data: data.slice(), width, height, channels }
}

async function decoded(given: string | Uint8Array, name: string): Promise<Pixels> {
  if (typeof given === 'string') await checkFile(given)
  const sharp = await loadSharp()
  try {
    const image = sharp(given, { limitInputPixels: MOST_PIXELS, ignoreIcc: true, failOn: 'truncated' })
    const { data, info } = await image
      .autoOrient()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    return { data: new Uint8Array(data), width: info.width, height: info.height, channels: info.channels }
  } catch (cause) {
    throw new GlassformerError('ERR_IMAGE_FORMAT', `${name} cannot be read as an image: ${messageOf(cause)}`, { cause })
  }
}

async function checkFile(path: string): Promise<void> {
  const { stat } = await import('node:fs/promises')
  try {
    if ((await stat(path)).isFile()) return
  } catch (error) {
    throw fileError('read', path, error as NodeJS.ErrnoException)
  }
  throw new GlassformerError('ERR_FILE', `${path} is not a file`)
}

/** The library that decodes files of pictures. @throws GlassformerError ERR_IMAGE_FORMAT where it is not installed */
export async function loadSharp(): Promise<typeof import('sharp')['default']> {
  try {
    return (await import('sharp')).default
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND'
    throw new GlassformerError(
      'ERR_IMAGE_FORMAT',
      isMissing
        ? 'image files are decoded by sharp, which is not installed: npm install sharp, or give the pixels as { data, width, height }'
        : `sharp, which decodes image files, cannot be used: ${messageOf(cause)}`,
      { cause },
    )
  }
}
