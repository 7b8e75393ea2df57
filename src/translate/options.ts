import { availableParallelism } from 'node:os'
import { checkBoolean, checkNames, checkOneOf, checkPositiveInteger, checkSignal, refuse } from '../check-options.ts'
import { checkIds, type GenerationOptions, generationOptionNames, resolveOptions } from '../decode/options.ts'
import type { ModelConfig } from '../model-config.ts'
import { type BackendChoice, chosenBackend } from '../program/chosen-backend.ts'
import { type Precision, precisions } from '../weights/precision.ts'
import type { Threads } from './threads.ts'

/** How a Translator works. */
export interface LoadOptions {
  /** What plays the model; default 'auto' (or GLASSFORMER_BACKEND): native where it can be, else JavaScript with one warning. */
  backend?: BackendChoice
  /**
   * How the model's matrices are held: 'int8' (a quarter of float32's memory and the fastest), 'bfloat16' (half of it), 'float32';
   * default 'auto': as the folder stores them, float16 as float32. Keys and values are cached in
   * bfloat16 where it is not 'float32'.
   */
  precision?: Precision
  /**
   * Threads of one worker's kernels: more make one sentence faster, more workers make many sentences faster. Default 'auto': a
   * worker that is busy alone takes all cores (four of them at most), and several divide them; a number above that of the cores
   * counts as that. Results do not depend on it.
   */
  threads?: Threads
  /** The most worker threads, up to 64; default: the cores over `threads`, with 'auto' the cores. They start when there is work for them. */
  workers?: number
  /** Source tokens × beams that one worker has in flight at once, at least one sentence; default 2048. */
  batchTokens?: number
}

/** When texts are split into sentences: see TranslateOptions. */
export type Split = (typeof splits)[number]
export const splits = ['auto', 'long', 'always', 'never'] as const

/** How texts are translated: the search's options, by default what the model's folder says (the embedded one: 4 beams), and these. */
export interface TranslateOptions extends Partial<GenerationOptions> {
  /**
   * Whether texts are split into sentences, each of which is translated by itself: 'auto' (default) those for a model that was trained
   * on sentences, as its folder says (`model.trainedOn`; the embedded one was), and for other models as with 'long': those of more
   * tokens than `model.splitTokens` (100); 'always'; or 'never'. Line ends always split; they and all white space between sentences
   * stay.
   */
  split?: Split
  /** Also return where each token looked in the source. Default false. */
  attention?: boolean
  /** Stops the work within a step; the promise rejects with ERR_ABORTED, an error named 'AbortError'. */
  signal?: AbortSignal
}

/** TranslateOptions, checked and complete; what travels to a worker. */
export interface JobOptions {
  generation: GenerationOptions
  split: Split
  attention: boolean
}

/** @throws GlassformerError ERR_OPTION, naming the option and what it may be */
export function resolveLoadOptions(options: LoadOptions): Required<LoadOptions> {
  checkNames(options, ['backend', 'precision', 'threads', 'workers', 'batchTokens'])
  const cores = availableParallelism()
  const { precision = 'auto', threads: asked = 'auto', batchTokens = 2048 } = options
  checkOneOf('precision', precision, precisions)
  const threads = resolveThreads(asked, cores)
  const { workers = Math.max(1, Math.floor(cores / (threads === 'auto' ? 1 : threads))) } = options
  return {
    backend: chosenBackend(options.backend),
    precision,
    threads,
    workers: natural('workers', workers, 64),
    batchTokens: natural('batchTokens', batchTokens, 1 << 20),
  }
}

/** @throws GlassformerError ERR_OPTION, naming the option and what it may be */
export function resolveTranslateOptions(
  options: TranslateOptions,
  defaults: GenerationOptions,
  model: ModelConfig,
): JobOptions {
  checkNames(options, [...generationOptionNames, 'split', 'attention', 'signal'])
  const { split = 'auto', attention = false, signal } = options
  checkOneOf('split', split, splits)
  checkBoolean('attention', attention)
  checkSignal(signal)
  const given = Object.fromEntries(generationOptionNames.map((name) => [name, options[name]])) // inherited ones too
  const resolved = resolveOptions(given, defaults)
  checkIds(resolved, model)
  return { generation: resolved, split, attention }
}

/** @throws GlassformerError ERR_OPTION */
export function checkScoreOptions(options: { signal?: AbortSignal }): void {
  checkNames(options, ['signal'])
  checkSignal(options.signal)
}

/** @throws GlassformerError ERR_OPTION where a shortlist is asked for that the model does not have */
export function checkShortlist({ shortlist }: GenerationOptions, path: string, hasShortlist: boolean): void {
  if (shortlist && !hasShortlist)
    refuse(`option 'shortlist': ${path} has no table for it; 'glassformer shortlist' makes one from sentence pairs`)
}

function resolveThreads(value: unknown, cores: number): Threads {
  return value === 'auto' ? value : natural('threads', value, cores, `'auto' or `)
}

function natural(name: string, value: unknown, most: number, or = ''): number {
  checkPositiveInteger(name, value, or)
  return Math.min(value, most)
}
