import { defaultInWords } from './docs.ts'
import type { Given, Schema, Setting } from './settings.ts'
import type { Type } from './types.ts'

type MayBeLeftOut<S extends Schema> = {
  readonly [K in keyof S]: { type: Type<NonNullable<Given<S>[K]>>; optional: true; says: string; otherwise?: string }
}

/**
 * The same settings, all optional and without defaults; the function that reads them next applies the defaults, which
 * this schema only describes.
 */
export const mayBeLeftOut = <S extends Schema>(schema: S): MayBeLeftOut<S> =>
  Object.fromEntries(
    Object.entries(schema).map(([name, setting]): [string, Setting] => {
      const otherwise = defaultInWords(setting)
      return [
        name,
        { type: setting.type, optional: true, says: setting.says, ...(otherwise !== null && { otherwise }) },
      ]
    }),
  ) as MayBeLeftOut<S>
