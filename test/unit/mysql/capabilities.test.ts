import { describe, expect, it } from 'vitest'
import { readCapabilities } from '../../../src/mysql/capabilities.ts'
import { scriptedSession, type Exchange } from './scripted-session.ts'

interface Server {
  readonly privilege?: string
  readonly sharpErrno: number
  readonly plugin?: string
  readonly componentErrno?: number
  readonly variables?: readonly string[]
  readonly historyColumns?: string
}

/** The exchange with a server that answers as described. */
const exchange = (server: Server): readonly Exchange[] => [
  { sql: /^SHOW GRANTS$/u, rows: [{ g: `GRANT ${server.privilege ?? 'USAGE'} ON *.* TO u` }] },
  { sql: /log_status/u },
  { sql: /clone_status/u },
  { sql: /clone_progress/u },
  { sql: /innodb_redo_log_sharp_checkpoint\(1\)/u, errno: server.sharpErrno },
  { sql: /information_schema\.PLUGINS/u, rows: server.plugin ? [{ s: server.plugin }] : [] },
  {
    sql: /mysqlbackup_page_track_get_start_lsn\(\)/u,
    rows: [{ v: '0' }],
    ...(server.componentErrno && { errno: server.componentErrno }),
  },
  {
    sql: /SHOW GLOBAL VARIABLES/u,
    rows: (server.variables ?? []).map((name) => ({ Variable_name: name, Value: '' })),
  },
  ...(server.historyColumns === undefined
    ? []
    : [{ sql: /clone_history/u, rows: [{ n: server.historyColumns }] }]),
]

const capabilitiesOf = async (server: Server) => {
  const session = scriptedSession(...exchange(server))
  const found = await readCapabilities(session)
  session.expectDone()
  return found
}

describe('readCapabilities', () => {
  it('knows a MySQL 9 with everything', async () => {
    expect(
      await capabilitiesOf({
        privilege: 'BACKUP_ADMIN',
        sharpErrno: 1123,
        plugin: 'ACTIVE',
        historyColumns: '0',
      }),
    ).toMatchObject({
      clonePlugin: true,
      mysqlbackupComponent: true,
      incrementalClone: false,
      sharpCheckpoint: true,
    })
  })

  it('knows a GreatSQL 8.0, which has incremental clones and no sharp checkpoint', async () => {
    expect(
      await capabilitiesOf({
        privilege: 'BACKUP_ADMIN',
        sharpErrno: 1305,
        plugin: 'ACTIVE',
        componentErrno: 1305,
        variables: ['clone_file_compress', 'clone_incremental_dir'],
      }),
    ).toMatchObject({
      clonePlugin: true,
      mysqlbackupComponent: false,
      incrementalClone: true,
      sharpCheckpoint: false,
    })
  })

  it('knows incremental clones by the history table too', async () => {
    expect(await capabilitiesOf({ sharpErrno: 1046, historyColumns: '1' })).toMatchObject({
      clonePlugin: false,
      incrementalClone: true,
    })
  })

  it('tells a function that may not be called from one that is missing', async () => {
    expect(
      await capabilitiesOf({ sharpErrno: 1123, componentErrno: 1227, historyColumns: '0' }),
    ).toMatchObject({ mysqlbackupComponent: true, sharpCheckpoint: false })
  })

  it('does not take an inactive plugin for an active one', async () => {
    expect(
      await capabilitiesOf({ sharpErrno: 1305, plugin: 'DISABLED', historyColumns: '0' }),
    ).toMatchObject({ clonePlugin: false })
  })
})
