import { useEffect, useState } from 'preact/hooks'

/** Media query of a phone's screen. */
export const NARROW = '(max-width: 640px)'

/** Whether a media query matches, now and after changes. */
export function useMedia(query: string): boolean {
  const [holds, setHolds] = useState(() => matchMedia(query).matches)
  useEffect(() => {
    const list = matchMedia(query)
    const follow = () => setHolds(list.matches)
    follow()
    list.addEventListener('change', follow)
    return () => list.removeEventListener('change', follow)
  }, [query])
  return holds
}
