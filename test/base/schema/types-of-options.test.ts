import { expect, it } from 'vitest'
import type { Schema, Setting } from '#dist/base/schema/settings.js'
import { type GenerationOptions, generationSettings } from '#dist/engine/decode/settings/options.js'
import { type BleuOptions, bleuSettings } from '#dist/learn/evaluate/bleu-options.js'
import { type ChrfOptions, chrfSettings } from '#dist/learn/evaluate/chrf.js'
import { type TrainOptions, trainOptions } from '#dist/learn/train/settings/train-options.js'
import {
  type LoadOptions,
  loadSettings,
  type TranslateOptions,
  textSettings,
} from '#dist/use/translate/options/options.js'
import { type SchedulingOptions, schedulingSettings } from '#dist/workers/requests/scheduling.js'

// Types of options follow from the schemas. The mapped type below says anew what a schema reads, in another way than `Values` and `Given`.

type ValueOf<S> = S extends { readonly type: { readonly accepts: (value: unknown) => value is infer T } }
  ? T | (S extends { readonly default: null } ? null : never)
  : never
type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
type Said<Options> = { [K in keyof Required<Options>]: Exclude<Options[K], undefined> }
type Read<S extends Schema> = { [K in keyof S]: ValueOf<S[K]> }

/** Compiles only where the schema has each option of the interface, no other, and of each the same type. */
const holds = <Options, S extends Schema>(
  schema: S,
  same: Equal<keyof Options, keyof S> extends true ? Equal<Said<Options>, Read<S>> : false,
) => same && Object.values<Setting>(schema).every(({ says }) => says !== '')

it('options are of the types that their schemas read', () => {
  expect([
    holds<GenerationOptions, typeof generationSettings>(generationSettings, true),
    holds<LoadOptions, typeof loadSettings>(loadSettings, true),
    holds<Omit<TranslateOptions, keyof GenerationOptions | keyof SchedulingOptions>, typeof textSettings>(
      textSettings,
      true,
    ),
    holds<SchedulingOptions, typeof schedulingSettings>(schedulingSettings, true),
    holds<BleuOptions, typeof bleuSettings>(bleuSettings, true),
    holds<ChrfOptions, typeof chrfSettings>(chrfSettings, true),
    holds<TrainOptions, typeof trainOptions>(trainOptions, true),
  ]).not.toContain(false)
})

it('an option is optional in a call, can be set later, and has the type that its schema reads', () => {
  const load: LoadOptions = {}
  load.threads = 'auto'
  const call: TranslateOptions = { maxTokens: null, lengthPenaltyForm: 'gnmt', signal: AbortSignal.timeout(1) }
  const workers: number | undefined = load.workers
  // @ts-expect-error No schema has this option.
  const unknown: LoadOptions = { treads: 1 }
  // @ts-expect-error Only null takes the place of a value whose default is null.
  const wrong: TranslateOptions = { beams: null }
  expect([load.threads, call.maxTokens, workers, unknown, wrong.beams]).toEqual([
    'auto',
    null,
    undefined,
    { treads: 1 },
    null,
  ])
})
