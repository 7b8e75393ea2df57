/**
 * A page that is opened from disk says that it needs a server. Browsers refuse modules and models there, so that this
 * is a script of its own, which is no module.
 */
const state = document.getElementById('state')

if (location.protocol === 'file:' && state) {
  const command = document.createElement('code')
  command.textContent = 'npm run site -- --serve'
  state.replaceChildren(
    'This page is opened from disk, where browsers load no model: it needs a server. Run ',
    command,
    ' in the clone, or serve this folder with any static server.',
  )
  document.getElementById('progress')?.remove()
}
