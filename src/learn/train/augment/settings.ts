import { didYouMean } from '../../../base/did-you-mean.ts'
import { shownJson } from '../../../base/errors.ts'
import { inOptions, type Place } from '../../../base/schema/place.ts'
import { type Given, read, settings, type Values } from '../../../base/schema/settings.ts'
import { numberFrom, type Type, text } from '../../../base/schema/types.ts'

const rate = (says: string) => ({ type: numberFrom(0, 1), default: 0, says }) as const

/** Schema of augmentation during a training. A rate is the share of the pairs to which a change happens. */
export const augmentSettings = settings({
  joined: rate('joined with the next pair or two, with a space between'),
  names: rate(
    'of those in which the same name stands on both sides: it becomes another on both, often one that is made up',
  ),
  numbers: rate('of those with the same numbers in digits on both sides: they become others of 1 to 7 digits'),
  copied: rate(
    'given something that a translation takes over as it is, on both sides, in place of a name or number, at the beginning or at the end: numbers, names, codes, URLs, e-mail addresses, placeholders, tags, emoji',
  ),
  capitals: rate('written in capitals, both sides'),
  title: rate('With The First Letter Of Each Word A Capital, Both Sides'),
  lower: rate(
    "the source in lower case; the target's first word too, where the corpus writes it so within sentences; capitals, title and lower exclude each other, so that together they are at most 1",
  ),
  withoutStop: rate('without the full stop at the end, both sides'),
  withoutAccents: rate('the source without its accents, as on a keyboard that has none'),
  typos: rate('the source with a typing error or two: letters swapped, doubled or left out'),
  nameList: {
    type: text,
    optional: true,
    otherwise: 'names of the pairs, and names made up after them',
    says: 'a file of names, one a line, from which half of the new names are taken',
  },
})

/** Complete rates of all changes. */
export type Augmentation = Values<typeof augmentSettings>

/** Recipes: rates by name. */
export const recipes = {
  /** Pairs stay as they are, also where the start model was trained on rougher ones. */
  none: {},
  /** A recipe for a translator of everyday texts. */
  rough: {
    joined: 0.1,
    names: 0.4,
    numbers: 0.5,
    copied: 0.12,
    capitals: 0.05,
    title: 0.02,
    lower: 0.06,
    withoutStop: 0.12,
    withoutAccents: 0.03,
    typos: 0.03,
  },
} as const satisfies Record<string, Given<typeof augmentSettings>>

const names = Object.keys(recipes)

/** The name of a recipe, or an object of rates; a name is read as its rates. */
export const augmentation: Type<Augmentation> = {
  expected: `${names.map((name) => `'${name}'`).join(' or ')}, or an object of rates`,
  accepts: (value): value is Augmentation =>
    typeof value === 'object' || (typeof value === 'string' && names.includes(value)),
  choices: names as unknown as readonly Augmentation[],
  parse: (given) => (names.includes(given) ? (given as unknown as Augmentation) : undefined),
  read: (value, place) => readAugmentation(value, place),
}

/** The rates of a training that goes on with a model which was trained on rougher pairs. */
export const roughRates: Augmentation = read(augmentSettings, recipes.rough, inOptions)

/** Whether these rates change any pair. */
export const changesPairs = ({ nameList: _, ...rates }: Augmentation): boolean =>
  Object.values(rates).some((rate) => rate > 0)

function readAugmentation(value: unknown, place: Place): Augmentation {
  if (typeof value !== 'string') return checked(read(augmentSettings, value, place), place)
  const recipe = Object.hasOwn(recipes, value) && recipes[value as keyof typeof recipes]
  if (!recipe) place.refuse(`it must be ${augmentation.expected}, not ${shownJson(value)}${didYouMean(value, names)}`)
  return read(augmentSettings, recipe, place)
}

function checked(rates: Augmentation, place: Place): Augmentation {
  const { capitals, title, lower } = rates
  if (capitals + title + lower > 1)
    place.refuse('capitals, title and lower exclude each other, and together they are above 1')
  return rates
}
