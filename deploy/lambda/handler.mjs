// A function of AWS Lambda that translates: the body of a request to its URL is a French text, and the answer is English.
import { Translator } from 'glassformer'

// Loaded while the function starts, before its first request.
const translator = await Translator.load(undefined, { workers: 1, threads: 1 })

export async function handler({ body = '', isBase64Encoded = false }) {
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString() : body
  try {
    const translation = await translator.translate(text)
    return { statusCode: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: translation.text }
  } catch (error) {
    const statusCode = ['ERR_INPUT', 'ERR_INPUT_TOO_LONG'].includes(error.code) ? 400 : 500
    return { statusCode, body: `${error.code ?? 'error'}: ${error.message}` }
  }
}
