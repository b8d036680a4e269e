// What a statement failed with, as the client sees it.
import type { Login } from '../../../bed/sql.ts'

interface Asked {
  sql(text: string, login?: Login): Promise<string[][]>
}

/** `1227 42000 Access denied ...`; `ok` when the statement succeeded. */
export const failureOf = async (server: Asked, text: string, login?: Login): Promise<string> => {
  try {
    await server.sql(text, login)
    return 'ok'
  } catch (error) {
    if (!(error instanceof Error) || !('errno' in error)) throw error
    const { errno, sqlState, sqlMessage } = error as Error & Record<string, unknown>
    return `${String(errno)} ${String(sqlState)} ${String(sqlMessage)}`
  }
}
