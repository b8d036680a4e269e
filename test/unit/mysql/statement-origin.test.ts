import { describe, expect, it } from 'vitest'
import { parseStatementOrigin } from '../../../src/mysql/statement-origin.ts'

/** A body with these status variables. */
const body = (...variables: readonly number[]): Buffer =>
  Buffer.from([10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, variables.length, 0, ...variables, 0])

const text = (value: string): readonly number[] => [value.length, ...Buffer.from(value)]
const flags = [0, 1, 1, 1, 1]
const sqlMode = [1, 11, 11, 11, 11, 11, 11, 11, 11]

describe('the origin of a statement', () => {
  it('is a connection, and an account where the server wrote it', () => {
    const zone = [5, ...text('+05:45')]
    const catalog = [6, ...text('std')]
    const invoker = [11, ...text('maker'), ...text('%')]
    expect(
      parseStatementOrigin(body(...flags, ...sqlMode, ...catalog, ...zone, ...invoker, 12, 0)),
    ).toEqual({ thread: 266, invoker: { user: 'maker', host: '%' } })
  })

  it('is a connection alone for most statements, and when variables are not understood', () => {
    expect(parseStatementOrigin(body())).toEqual({ thread: 266, invoker: undefined })
    expect(parseStatementOrigin(body(...flags, 99, 11, 1, 65, 0)).invoker).toBeUndefined()
    expect(parseStatementOrigin(body(...flags, 11, 200, 65)).invoker).toBeUndefined()
  })
})
