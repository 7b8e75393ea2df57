// The main process of an Electron app: it runs the program and quits.
const { app } = require('electron')

app.whenReady().then(async () => {
  await import('./main.mjs')
  const timer = setInterval(() => {
    if (!globalThis.isDone) return
    clearInterval(timer)
    app.quit()
  }, 50)
})
