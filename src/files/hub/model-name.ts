import { GlassformerError, shown } from '../../base/errors.ts'

const LONGEST_NAME = 96
const WORD = `[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?`
const NAME = new RegExp(`^(?:${WORD}/)?${WORD}$`)

/** Whether a text may name a model of the hub: `owner/name`, or `name` for a few old ones such as `t5-small`. */
export const isModelName = (text: string): boolean =>
  text.length <= LONGEST_NAME && NAME.test(text) && !/--|\.\.|\.git$/.test(text)

/** @throws GlassformerError ERR_OPTION for a value that is not a model's name */
export function checkModelName(name: unknown): asserts name is string {
  if (typeof name !== 'string' || !isModelName(name))
    throw new GlassformerError(
      'ERR_OPTION',
      `${shown(name)} is no name of a model: give owner/name, Helsinki-NLP/opus-mt-fr-en for instance`,
    )
}

/** The name of a model's folder in the cache. */
export const folderOfModel = (name: string): string => `models--${name.replaceAll('/', '--')}`

/**
 * @throws GlassformerError ERR_OPTION for a value that cannot be a branch, a tag, a pull request's reference or a
 * commit
 */
export function checkRevision(revision: unknown): asserts revision is string {
  const isRevision =
    typeof revision === 'string' &&
    revision.length <= 200 &&
    revision.split('/').every((part) => /^[\w.+@-]+$/.test(part) && !/^\.|\.\.|\.lock$/.test(part))
  if (!isRevision)
    throw new GlassformerError(
      'ERR_OPTION',
      `${shown(revision)} is no revision: give a branch, a tag or a commit, main for instance`,
    )
}

/** Whether a server's answer is safe as the name of a folder or file in the cache: a commit or an etag. */
export const isPlainName = (text: string): boolean => /^[A-Za-z0-9][\w.+-]{0,199}$/.test(text) && !text.includes('..')
