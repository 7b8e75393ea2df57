/**
 * The script of the page: a line follows the sound over the picture, and the token that is spoken is lit, above the
 * spectrogram and in its row of the attention. A click goes to its time.
 */
export const listeningScript = `
const audio = document.querySelector('audio')
const box = document.querySelector('.scrolling')
const picture = box.querySelector('svg')
const now = document.getElementById('now')
const duration = Number(box.dataset.duration)
const image = picture.querySelector('image')
const [left, width] = [Number(image.getAttribute('x')), Number(image.getAttribute('width'))]
const tokens = [...picture.querySelectorAll('[data-start]')]
const rows = [...picture.querySelectorAll('[data-row]')]
const show = () => {
  const time = audio.currentTime
  now.style.left = left + (width * time) / duration + 'px'
  tokens.forEach((token, i) => {
    const isLit = time >= Number(token.dataset.start) && time < Number(token.dataset.end)
    token.classList.toggle('lit', isLit)
    rows[i].classList.toggle('lit', isLit)
  })
  if (!audio.paused) requestAnimationFrame(show)
}
audio.addEventListener('play', show)
audio.addEventListener('seeked', show)
picture.addEventListener('click', (event) => {
  const x = event.clientX - picture.getBoundingClientRect().left
  audio.currentTime = Math.max(0, Math.min(duration, ((x - left) / width) * duration))
})
show()
`
