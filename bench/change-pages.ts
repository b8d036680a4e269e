// Changes a known number of pages of the server's tables.
import { connect, runSql } from '../test/bed/sql.ts'
import type { Scene } from './scene.ts'

/** The server's page size, which the bed leaves as it is. */
export const pageBytes = 16384

/** More rows than a page of the primary key of an orders table holds, so that no page has two. */
const rowsApart = 100

/**
 * Changes one row in each of about `pages` pages, none of its indexed columns, and waits until the
 * pages are on the disk. Different rows every time. @throws Error when the tables are too small.
 */
export const changePages = async (scene: Scene, pages: number, round: number): Promise<void> => {
  const { donor, tables, rowsPerTable } = scene
  const perTable = Math.ceil(pages / tables.length)
  const step = Math.floor(rowsPerTable / perTable)
  if (step < rowsApart) throw new Error(`${pages} pages are too many for these tables; give --size`)
  const connection = await connect(donor)
  try {
    for (const table of tables) {
      await runSql(
        connection,
        `UPDATE ${table} SET amount = amount + 1 WHERE id MOD ${step} = ${round % step}`,
      )
    }
    await runSql(connection, 'SELECT innodb_redo_log_sharp_checkpoint()')
  } finally {
    connection.destroy()
  }
}
