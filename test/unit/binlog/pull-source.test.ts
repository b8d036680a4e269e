import { describe, expect, it } from 'vitest'
import { requireBinlogs } from '../../../src/binlog/pull-source.ts'
import { scriptedSession } from '../mysql/scripted-session.ts'

const sessionOf = (privileges: string, logBin: string) =>
  scriptedSession(
    { sql: /^SHOW GRANTS$/u, rows: [{ g: `GRANT ${privileges} ON *.* TO \`u\`@\`%\`` }] },
    ...['log_status', 'clone_status', 'clone_progress'].map((table) => ({
      sql: new RegExp(table, 'u'),
      errno: 1142,
    })),
    { sql: /@@GLOBAL\.log_bin$/u, rows: [{ logBin }] },
  )

describe('the server that binlogs are pulled from', () => {
  it('will do when it writes binlogs and the account may read them', async () => {
    const session = sessionOf('REPLICATION SLAVE, REPLICATION CLIENT', '1')
    await expect(requireBinlogs(session)).resolves.toBeUndefined()
    await expect(requireBinlogs(sessionOf('ALL PRIVILEGES', '1'))).resolves.toBeUndefined()
  })

  it('is refused with the GRANT that is missing', async () => {
    await expect(requireBinlogs(sessionOf('REPLICATION CLIENT', '1'))).rejects.toMatchObject({
      code: 'PREFLIGHT',
      message: 'the account lacks REPLICATION SLAVE',
      hint: 'GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO the account',
    })
  })

  it('is refused when it writes none', async () => {
    await expect(requireBinlogs(sessionOf('ALL PRIVILEGES', '0'))).rejects.toMatchObject({
      code: 'PREFLIGHT',
      message: 'the server writes no binlogs (log_bin is OFF)',
    })
  })
})
