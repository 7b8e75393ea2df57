import { GlassformerError } from '../../../base/errors.ts'
import { atIndex, indexIn } from '../../../workers/requests/submit.ts'
import type { OpenDocument } from '../parsing/read-document.ts'

/** Converts an error about one of the texts to an error about its document, with the line. */
export function atLine(error: GlassformerError, documents: readonly OpenDocument[], count: number): GlassformerError {
  let text = count === 1 ? 0 : (indexIn(error) ?? -1)
  if (text < 0 || !isAboutText(error)) return error
  const cause = count === 1 ? error : (error.cause as GlassformerError)
  const document = documents.findIndex(({ texts }) => {
    if (text < texts.length) return true
    text -= texts.length
    return false
  })
  const line = documents[document].lines[text]
  return atIndex(
    new GlassformerError(error.code, `line ${line}: ${cause.message}`, { cause }),
    document,
    documents.length,
  )
}

const isAboutText = ({ code }: GlassformerError) => code === 'ERR_INPUT' || code === 'ERR_INPUT_TOO_LONG'
