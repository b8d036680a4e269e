// Directories as readdir(3) lists them, which is the order mysqld works in. Node's readdir sorts.
import { opendirSync } from 'node:fs'

/** Names in a directory, without `.` and `..`. @throws the system's error when it cannot be read. */
export const namesIn = (path: string): string[] => {
  const directory = opendirSync(path)
  try {
    const names: string[] = []
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      names.push(entry.name)
    }
    return names
  } finally {
    directory.closeSync()
  }
}
