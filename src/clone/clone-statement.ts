// The CLONE statements, as text (MySQL manual 7.6.7.2).

import { quoteText } from '../mysql/sql-text.ts'

/** Clones the server's InnoDB data into a directory of its own host that does not exist yet. */
export const cloneLocalStatement = (directory: string): string =>
  `CLONE LOCAL DATA DIRECTORY = ${quoteText(directory)}`
