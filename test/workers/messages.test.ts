import { expect, it } from 'vitest'
import { GlassformerError } from '#dist/base/errors.js'
import { fromPlain, toPlain } from '#dist/workers/threads/messages.js'

const traveled = (error: unknown) => fromPlain(structuredClone(toPlain(error)))

it('an error of ours travels between threads with its code and message', () => {
  expect(traveled(new GlassformerError('ERR_INPUT', 'what it is'))).toEqual(
    new GlassformerError('ERR_INPUT', 'what it is'),
  )
})

it("an aborted request's error has the name that the web platform defines, on both sides", () => {
  expect(new GlassformerError('ERR_ABORTED', 'enough').name).toBe('AbortError')
  expect(traveled(new GlassformerError('ERR_ABORTED', 'enough'))).toMatchObject({
    name: 'AbortError',
    code: 'ERR_ABORTED',
  })
  expect(traveled(new GlassformerError('ERR_INPUT', 'what it is')).name).toBe('GlassformerError')
})

it('a fault, whatever was thrown, becomes ERR_INTERNAL with the stack of its thread as its cause', () => {
  const fault = new TypeError('x is not a function')
  expect(traveled(fault)).toMatchObject({ code: 'ERR_INTERNAL', message: fault.message, cause: fault.stack })
  expect(traveled('a text')).toMatchObject({ code: 'ERR_INTERNAL', message: 'a text' })
})
