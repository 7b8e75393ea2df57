import { afterEach, expect, test } from 'vitest'
import { Child } from '../../bench/harness/child.ts'

const script = `
  console.log('ready 1.2')
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    if (line === 'end') process.exit(3)
    console.log(line === 'fail' ? 'error no such cell' : 'heard ' + line)
  })`
const children: Child[] = []

async function open() {
  const child = await Child.open(process.execPath, ['-e', script])
  children.push(child)
  return child
}

afterEach(() => {
  for (const child of children.splice(0)) child.close()
})

test('a child greets, and answers a line for each line', async () => {
  const child = await open()
  expect(child.greeting).toBe('ready 1.2')
  expect(await child.ask('run', 5)).toBe('heard run 5')
  expect(await child.ask('run', 6)).toBe('heard run 6')
})

test('a line that begins with error is thrown, and the child goes on', async () => {
  const child = await open()
  await expect(child.ask('fail')).rejects.toThrow(/^no such cell$/)
  expect(await child.ask('again')).toBe('heard again')
})

test('a child that ends before it answers is an error, not a wait', async () => {
  const child = await open()
  await expect(child.ask('end')).rejects.toThrow('ended with status 3')
})

test('a command that is not there is an error', async () => {
  await expect(Child.open('/nowhere/python', [])).rejects.toThrow(/nowhere/)
})
