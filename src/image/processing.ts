import { GlassformerError } from '../base/errors.ts'
import type { JsonFields } from '../formats/json/json-fields.ts'
import { type Pixels, type Resampling, resize } from './resize.ts'

/** The steps from a picture to the numbers that a model reads, as preprocessor_config.json says. */
export interface Processing {
  /** The size to which a picture is resized, [height, width]; null: it is not. */
  size: readonly [number, number] | null
  resampling: Resampling
  /** The size that is cut out of its middle then, [height, width]; null: none. */
  crop: readonly [number, number] | null
  /** The factor of the numbers. */
  rescale: number
  mean: readonly number[]
  deviation: readonly number[]
}

/** Pillow's numbers of filters. */
const filters: readonly (Resampling | null)[] = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', null]

/** The settings of transformers' ViTImageProcessor and DeiTImageProcessor; `size` is that of the model's pictures. @throws GlassformerError ERR_MODEL_FORMAT, ERR_UNSUPPORTED */
export function processingOf(fields: JsonFields, size: readonly [number, number], channels: number): Processing {
  const number = fields.value('resample') ?? 2
  const resampling = filters[number as number] ?? null
  if (resampling === null)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${fields.where}: resample ${JSON.stringify(number)} is not supported; 0 (nearest), 1 (Lanczos), 2 (bilinear), 3 (bicubic) and 4 (box) are`,
    )
  const doesCrop = fields.flag('do_center_crop', false)
  const scales = fields.flag('do_rescale', true)
  const normalizes = fields.flag('do_normalize', true)
  const ofChannels = (name: string, byDefault: number): number[] => {
    const given = fields.value(name)
    const values = given === undefined ? new Array(channels).fill(byDefault) : given
    const isRight = Array.isArray(values) && values.length === channels && values.every((each) => Number.isFinite(each))
    return isRight ? values : fields.fail(name, `a list of ${channels} numbers`)
  }
  const deviation = ofChannels('image_std', 0.5)
  if (deviation.some((each) => each === 0)) fields.fail('image_std', `a list of ${channels} numbers above 0`)
  const processing: Processing = {
    size: fields.flag('do_resize', true) ? sizeOf(fields, 'size', size) : null,
    resampling,
    crop: doesCrop ? sizeOf(fields, 'crop_size', size) : null,
    rescale: scales ? fields.number('rescale_factor', 1 / 255) : 1,
    mean: normalizes ? ofChannels('image_mean', 0.5) : new Array(channels).fill(0),
    deviation: normalizes ? deviation : new Array(channels).fill(1),
  }
  const made = processing.crop ?? processing.size
  if (made && (made[0] !== size[0] || made[1] !== size[1]))
    throw new GlassformerError(
      'ERR_MODEL_FORMAT',
      `${fields.where}: pictures become ${made.join(' × ')}, and those of the model are ${size.join(' × ')}`,
    )
  return processing
}

/** A size of preprocessor_config.json: a number, or { height, width }. */
function sizeOf(fields: JsonFields, name: string, byDefault: readonly [number, number]): readonly [number, number] {
  const given = fields.value(name)
  if (given === undefined) return byDefault
  if (typeof given === 'number') {
    const side = fields.positiveInteger(name)
    return [side, side]
  }
  const both = fields.object(name, false)
  if (both.value('height') === undefined)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${fields.where}: ${name} is not supported: it must be a number, or have height and width`,
    )
  return [both.positiveInteger('height'), both.positiveInteger('width')]
}

/** The numbers that a model reads, [channels, height, width]. @throws GlassformerError ERR_INPUT for a picture that is smaller than what is cut out */
export function processed(
  given: Pixels,
  { size, resampling, crop, rescale, mean, deviation }: Processing,
): Float32Array {
  const pixels = withChannels(given, mean.length)
  const resized = size ? resize(pixels, size[1], size[0], resampling) : pixels
  const [height, width] = crop ?? [resized.height, resized.width]
  const [top, left] = [(resized.height - height) / 2, (resized.width - width) / 2].map(Math.floor)
  if (top < 0 || left < 0)
    throw new GlassformerError(
      'ERR_INPUT',
      `a picture of ${resized.height} × ${resized.width} has no middle of ${height} × ${width}`,
    )
  const { data, channels } = resized
  const values = new Float32Array(channels * height * width)
  for (let channel = 0; channel < channels; channel++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const value = Math.fround(data[((top + y) * resized.width + left + x) * channels + channel] * rescale)
        values[(channel * height + y) * width + x] = (value - mean[channel]) / deviation[channel]
      }
  return values
}

/** The picture with as many channels: gray is each of them, and transparency is left out, as Pillow's convert('RGB') does. */
export function withChannels({ data, width, height, channels }: Pixels, wanted: number): Pixels {
  if (channels === wanted) return { data, width, height, channels }
  const made = new Uint8Array(width * height * wanted)
  const isGray = channels < 3
  for (let i = 0, to = 0; i < width * height; i++)
    for (let channel = 0; channel < wanted; channel++) {
      const [red, green, blue] = [0, 1, 2].map((each) => data[i * channels + each])
      // Pillow's convert('L').
      if (wanted === 1 && !isGray) made[to++] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16
      else made[to++] = data[i * channels + (isGray ? 0 : channel)]
    }
  return { data: made, width, height, channels: wanted }
}
