import { join } from 'node:path'
import { pathOf } from '../../base/path-of.ts'
import { inOptions } from '../../base/schema/place.ts'
import { read, settings } from '../../base/schema/settings.ts'
import { oneOf } from '../../base/schema/types.ts'
import { type Parameter, parameters } from '../../engine/weights/parameters.ts'
import { matrixEncoding } from '../../engine/weights/placement.ts'
import { makeFolder } from '../../formats/disk/make-folder.ts'
import { removeFile, replaceText } from '../../formats/disk/replace-file.ts'
import { SINGLE_FILE } from '../../formats/tensors/safetensors-header.ts'
import { type TensorToWrite, writingSafetensors } from '../../formats/tensors/safetensors-writer.ts'
import type { TensorSource } from '../../formats/tensors/tensor-file.ts'
import { openMerged } from './adapters/adapter-folder.ts'
import { glassformerJson } from './layout/glassformer-config.ts'
import { checkDistinctFolders, modelFolder } from './layout/model-folder.ts'
import { SHORTLIST_FILE } from './layout/shortlist-file.ts'
import { writeShortlist } from './layout/shortlist-writer.ts'
import { loadFolder, type ReadOptions, readFolder } from './load.ts'
import { tapsFirst } from './tensors/convolution-weights.ts'
import { isByTap, shapeOf } from './tensors/fill-weights.ts'
import { type Int4Rounding, quantizedTensors, readStored } from './tensors/quantized.ts'
import { isIntegers, type StoredDtype, safetensorsDtypes, storedDtypes } from './tensors/stored-dtype.ts'
import { createTokenizer } from './tokenizers/make-tokenizer.ts'
import { writeTokenizerFiles } from './tokenizers/tokenizer-writer.ts'

/** The options for writing a folder in our layout. */
const ownLayoutSettings = settings({
  dtype: {
    type: oneOf(...storedDtypes),
    optional: true,
    otherwise: 'as most weights are stored',
    says: 'what weights are stored in',
  },
})

/**
 * Writes a model folder of any layout in our layout (docs/model-format.md), step by step, as `convertingFolder` does; a
 * quantized model is kept as it is where `dtype` is int8. The default of `dtype` is the dtype of most weights. `reading`
 * may name the tokenizer of a CTranslate2 folder.
 * @throws GlassformerError the errors of loading `from`, before anything is written; ERR_FILE; ERR_OPTION where both are one folder
 */
export function* writingOwnLayout(
  fromModel: string | URL,
  toFolder: string | URL,
  given?: StoredDtype,
  { rounding, ...reading }: ReadOptions & { rounding?: Int4Rounding } = {},
): Generator<void> {
  const from = modelFolder(fromModel, 'a model folder')
  const to = pathOf('a model folder', toFolder)
  read(ownLayoutSettings, { dtype: given }, inOptions)
  checkDistinctFolders(from, to)
  const { storedAs, tokenizer: files } = loadFolder(from, reading)
  createTokenizer(files)
  const contents = readFolder(from, reading)
  const { config, tokenizer, generation, unsupported, sourceLocale, splitTokens, trainedOn, augmented } = contents
  const shortlist = contents.readShortlist()
  const source = openMerged(contents, reading.adapter)
  try {
    const weights = parameters(config)
    const { of } = contents.names(weights, new Set(source.tensors.keys()))
    makeFolder(to)
    const tensors: TensorToWrite[] = []
    for (const parameter of weights) {
      tensors.push(...tensorsOf(parameter, of(parameter), source, { from: storedAs, to: given ?? storedAs, rounding }))
      yield
    }
    const whole = () => removeFile(join(to, 'config.json'))
    yield* writingSafetensors(join(to, SINGLE_FILE), tensors, { format: 'glassformer' }, whole)
  } finally {
    source.close()
  }
  if (shortlist) writeShortlist(to, shortlist)
  else removeFile(join(to, SHORTLIST_FILE))
  const json = glassformerJson({
    model: config,
    generation,
    unsupported: [...unsupported],
    tokenizer: writeTokenizerFiles(to, tokenizer),
    sourceLocale,
    splitTokens,
    trainedOn,
    augmented,
  })
  replaceText(join(to, 'config.json'), `${JSON.stringify(json, null, 2)}\n`)
}

/**
 * The stored form of a weight: its values, or integers with their multipliers. A weight that `from` lacks is stored as
 * zeros.
 */
function* tensorsOf(
  parameter: Parameter,
  stored: string | null,
  source: TensorSource,
  dtypes: { from: StoredDtype; to: StoredDtype; rounding?: Int4Rounding },
): Generator<TensorToWrite> {
  const { name, rows, width, encodable } = parameter
  const values = () => {
    if (stored === null) return new Float32Array(rows * width)
    const read = readStored(source, stored, width)
    if (isByTap(source, stored)) tapsFirst(read, parameter)
    return read
  }
  const { from, to } = dtypes
  if (!isIntegers(to) || !encodable) {
    // In a quantized model, weights other than matrices keep their dtype.
    const float = !isIntegers(to) ? to : isIntegers(from) ? 'float32' : 'float16'
    yield { name, shape: shapeOf(parameter), dtype: safetensorsDtypes[float], values: values() }
    return
  }
  const matrix = { name, parameter: name, stored, rows, width }
  yield* quantizedTensors(matrix, matrixEncoding(parameter, to), source, values, dtypes.rounding)
}
