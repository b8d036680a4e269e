import { describe, expect, it } from 'vitest'
import { binlogReplayTools } from '../../../src/mysql/mysqlbinlog.ts'

const replay = {
  mysqlbinlog: '/b/mysqlbinlog',
  mysql: '/b/mysql',
  files: ['/l/binlog.000001', '/l/binlog.000002'],
  loadDirectory: '/t/load',
  optionFile: '/t/client.cnf',
}

describe('binlogReplayTools', () => {
  it('sends all files through one mysqlbinlog in UTC into one mysql', () => {
    const { writer, reader } = binlogReplayTools({
      ...replay,
      startPosition: 157n,
      stopPosition: 4242,
      excludeGtids: 'u:1',
    })
    expect(writer.file).toBe('/b/mysqlbinlog')
    expect(writer.args).toEqual([
      '--no-defaults',
      '--start-position=157',
      '--stop-position=4242',
      '--exclude-gtids=u:1',
      '--local-load=/t/load',
      '--',
      ...replay.files,
    ])
    expect(writer.env).toEqual({ TZ: 'UTC' })
    expect(reader.args).toEqual([
      '--defaults-file=/t/client.cnf',
      '--binary-mode',
      '--max-allowed-packet=1G',
      '--loose-load-data-local-dir=/t/load',
    ])
    expect(reader.stdout).toBe('ignore')
  })

  it('leaves out the limits that are not given', () => {
    expect(binlogReplayTools(replay).writer.args).toEqual([
      '--no-defaults',
      '--local-load=/t/load',
      '--',
      ...replay.files,
    ])
  })
})
