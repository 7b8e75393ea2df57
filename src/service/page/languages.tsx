import type { Model } from './server.ts'

/** The languages that a form asks for; '' where the server finds the language out, or a model has only one. */
export interface Chosen {
  source: string
  target: string
  model: string
}

export const NOTHING_CHOSEN: Chosen = { source: '', target: '', model: '' }

/** The fields of a request; a language that is not chosen is left out, and the source is then detected. */
export function fieldsOf(models: readonly Model[], { source, target, model }: Chosen): Record<string, string> {
  const into = target || targetsOf(models, source)[0]
  if (model) return { model, ...(source && { source }), ...(target && { target }) }
  return { source: source || 'auto', ...(into && { target: into }) }
}

const sourcesOf = (models: readonly Model[]) => [...new Set(models.flatMap(({ sources }) => sources))].sort()

/** The languages into which a model translates the source. */
const targetsOf = (models: readonly Model[], source: string): string[] =>
  [
    ...new Set(
      models
        .filter(({ sources }) => source === '' || sources.includes(source))
        .flatMap(({ targets }) => targets)
        .filter((target) => target !== source),
    ),
  ].sort()

/** Two languages, and a button that swaps them; a model can be chosen in their place. */
export function Languages({
  models,
  chosen,
  onChoose,
  onSwap,
}: {
  models: readonly Model[]
  chosen: Chosen
  onChoose(chosen: Chosen): void
  onSwap?(): void
}) {
  const { source, target, model } = chosen
  const sources = sourcesOf(models)
  const targets = targetsOf(models, source)
  const into = targets.includes(target) ? target : (targets[0] ?? '')
  const canSwap = source !== '' && sources.includes(into) && targetsOf(models, into).includes(source)
  const swap = () => {
    onChoose({ source: into, target: source, model: '' })
    onSwap?.()
  }
  return (
    <div class="languages">
      <label>
        From{' '}
        <select
          name="source"
          value={source}
          onChange={(event) => onChoose({ ...chosen, source: event.currentTarget.value })}
        >
          <option value="">Detect the language</option>
          {sources.map((code) => (
            <option key={code} value={code}>
              {nameOf(code)}
            </option>
          ))}
        </select>
      </label>
      {onSwap && (
        <button
          type="button"
          class="swap"
          aria-label="Swap the languages"
          title="Swap the languages"
          disabled={!canSwap}
          onClick={swap}
        >
          ⇄
        </button>
      )}
      <label>
        Into{' '}
        <select
          name="target"
          value={into}
          onChange={(event) => onChoose({ ...chosen, target: event.currentTarget.value })}
        >
          {targets.map((code) => (
            <option key={code} value={code}>
              {nameOf(code)}
            </option>
          ))}
        </select>
      </label>
      <label>
        Model{' '}
        <select
          name="model"
          value={model}
          onChange={(event) => onChoose({ ...chosen, model: event.currentTarget.value })}
        >
          <option value="">by the languages</option>
          {models.map(({ name, sources, targets }) => (
            <option key={name} value={name}>
              {name} ({sources.join('|') || 'any'} → {targets.join('|') || 'any'})
            </option>
          ))}
        </select>
      </label>
    </div>
  )
}

/** 'French (fr)'; a code that the browser has no name for stays as it is. */
function nameOf(code: string): string {
  try {
    const name = new Intl.DisplayNames('en', { type: 'language' }).of(code.replaceAll('_', '-'))
    return name === undefined || name === code ? code : `${name} (${code})`
  } catch {
    return code
  }
}
