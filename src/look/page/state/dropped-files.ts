/** The files of a folder that was dropped on the page, with all that is below it; a dropped file is itself. */
export async function droppedFiles(items: DataTransferItemList): Promise<File[]> {
  // Entries have to be taken at once: the list is empty when the event is over.
  const entries = Array.from(items, (item) => item.webkitGetAsEntry())
  const files = await Promise.all(entries.map((entry) => (entry ? filesOf(entry) : [])))
  return files.flat()
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    return [withPath(file, entry.fullPath.slice(1))]
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const files: File[] = []
  // Browsers return up to a hundred entries at a time.
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (!entries.length) return files
    for (const each of entries) files.push(...(await filesOf(each)))
  }
}

/** A file with its path in a folder, which browsers set only for folders that a user has picked in a dialog. */
export const withPath = (file: File, path: string): File =>
  Object.defineProperty(file, 'webkitRelativePath', { value: path })
