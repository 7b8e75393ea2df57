import { expect, test } from 'vitest'
import { pipeline } from '#dist/use/pipelines/index.js'
import { smallFolder } from '../../use/pipelines/small-folder.ts'
import { glassformer } from '../command.ts'

test('generate and summarize print the output of a pipeline, with the prefix of the task', async () => {
  const folder = smallFolder({ task_specific_params: { summarization: { prefix: 'sum up: ' } } })
  await using generate = await pipeline('text2text-generation', folder)
  const [{ generated_text }] = await generate('Hello. No.', { max_new_tokens: 12 })
  const [{ generated_text: summed }] = await generate('sum up: Hello. No.', { max_new_tokens: 12 })
  const given = ['--model', folder, '--max-tokens', '12', '--loops', 'keep', 'Hello. No.']
  expect(await glassformer(['generate', ...given])).toEqual({ code: 0, stdout: `${generated_text}\n`, stderr: '' })
  expect(await glassformer(['summarize', ...given])).toEqual({ code: 0, stdout: `${summed}\n`, stderr: '' })
  const { code, stdout } = await glassformer(['summarize', '--json', ...given.slice(0, -1)], 'Hello. No.\n')
  expect({ code, text: JSON.parse(stdout).text }).toEqual({ code: 0, text: summed })
})
