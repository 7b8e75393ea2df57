// Prints what the program found as a line of JSON. Nothing is awaited at the top level, so that bundlers can make CommonJS of it.
import { run } from './program.mjs'

run()
  .then((found) => console.log(JSON.stringify(found)))
  .catch((error) => {
    console.error(error)
    process.exitCode = 1
  })
  .finally(() => {
    globalThis.isDone = true // which Electron waits for
  })
