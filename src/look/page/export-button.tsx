import { useState } from 'preact/hooks'
import { addressText } from './state/address.ts'
import { usePage } from './state/page.ts'

/** A button that saves the current page as a file that needs no server. */
export function ExportButton() {
  const { address, traces, data } = usePage()
  const [said, setSaid] = useState('')
  if (data.exported) return null
  const save = async () => {
    setSaid('…')
    try {
      const url = URL.createObjectURL(await traces.exported(addressText(address).slice(1)))
      const link = document.createElement('a')
      link.href = url
      link.download = 'glassformer.html'
      link.click()
      URL.revokeObjectURL(url)
      setSaid('')
    } catch (error) {
      setSaid((error as Error).message)
    }
  }
  return (
    <>
      <span role="status">{said}</span>
      <button type="button" onClick={save} title="One file that shows this sentence in every view, without a server">
        Export
      </button>
    </>
  )
}
