import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ServerSettings } from '../../../src/repository/server-file.ts'
import { makeInstanceFiles } from '../../../src/restore/instance-files.ts'
import { SELF } from '../../fakes/restore-context.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()

const settings: ServerSettings = {
  variables: {
    lower_case_table_names: '0',
    innodb_page_size: '16384',
    innodb_data_file_path: 'ibdata1:12M:autoextend',
    gtid_mode: 'ON',
    enforce_gtid_consistency: 'ON',
  },
  plugins: [],
  components: null,
}

const make = (changes: Partial<Parameters<typeof makeInstanceFiles>[0]> = {}) =>
  makeInstanceFiles({
    datadir: '/restored',
    directory: scratch(),
    settings,
    owner: SELF,
    ...changes,
  })

const linesOf = (path: string): readonly string[] => readFileSync(path, 'utf8').split('\n')

describe('the files of a private mysqld', () => {
  it('lie in one directory, and the option file names them', async () => {
    const { configFile, socket, logFile } = await make()
    expect([socket, logFile].map(dirname)).toEqual([scratch(), scratch()])
    expect(statSync(configFile).mode & 0o777).toBe(0o640)
    expect(linesOf(configFile)).toEqual(
      expect.arrayContaining([
        '[mysqld]',
        'datadir = /restored',
        `socket = ${socket}`,
        `pid_file = ${scratch('clonectl-mysqld.pid')}`,
        'innodb_data_file_path = ibdata1:12M:autoextend',
        'gtid_mode = ON',
      ]),
    )
  })

  it('name the user mysqld runs as only when there is a choice', async () => {
    const lines = linesOf((await make()).configFile)
    const isRoot = process.getuid?.() === 0
    expect(lines.includes(`user = ${SELF.uid}`)).toBe(isRoot)
    expect(lines.some((line) => line.startsWith('user'))).toBe(isRoot)
  })

  it('hold the settings of a replay only for a replay', async () => {
    const plain = linesOf((await make()).configFile)
    expect(plain).not.toContain('skip_log_bin = ON')
    const replay = linesOf((await make({ initFile: '/stage/account.sql' })).configFile)
    expect(replay).toEqual(
      expect.arrayContaining(['skip_log_bin = ON', 'init_file = /stage/account.sql']),
    )
  })

  it('hold those of the applier only when it runs the binlogs', async () => {
    const initFile = '/stage/account.sql'
    expect(linesOf((await make({ initFile })).configFile)).not.toContain('relay_log_purge = OFF')
    const applier = { relayLog: '/stage/relay/relay', workers: 12, poolBytes: 1_073_741_824 }
    expect(linesOf((await make({ initFile, applier })).configFile)).toEqual(
      expect.arrayContaining([
        'skip_log_bin = ON',
        'relay_log = /stage/relay/relay',
        'relay_log_index = /stage/relay/relay.index',
        'relay_log_purge = OFF',
        'replica_parallel_workers = 12',
        'replica_preserve_commit_order = OFF',
        'innodb_buffer_pool_size = 1073741824',
      ]),
    )
  })

  const pluginLine = 'plugin_load_add = mysql_clone.so'
  const clonePlugin = (registered: boolean | null) => ({
    ...settings,
    plugins: [{ name: 'clone', type: 'CLONE', library: 'mysql_clone.so', registered }],
  })

  it.each([
    ['loads it itself where the donor loaded it by an option', clonePlugin(false), true],
    ['loads it itself where it is not known', clonePlugin(null), true],
    ['leaves it to mysql.plugin where that names it', clonePlugin(true), false],
  ])('concerning the clone plugin, %s', async (_, given, loads) => {
    expect(linesOf((await make({ settings: given })).configFile).includes(pluginLine)).toBe(loads)
  })

  it('keep the socket elsewhere when the path is too long for one, and remove it when disposed of', async () => {
    const deep = scratch('d'.repeat(100))
    mkdirSync(deep)
    const files = await make({ directory: deep })
    expect(Buffer.byteLength(files.socket)).toBeLessThanOrEqual(107)
    expect(statSync(dirname(files.socket)).mode & 0o777).toBe(0o700)
    expect(linesOf(files.configFile)).toContain(`socket = ${files.socket}`)
    await files[Symbol.asyncDispose]()
    expect(existsSync(dirname(files.socket))).toBe(false)
    expect(existsSync(files.configFile)).toBe(true)
  })

  it('are left when disposed of where everything lies in the one directory', async () => {
    const files = await make()
    await files[Symbol.asyncDispose]()
    expect(existsSync(files.configFile)).toBe(true)
  })

  it('are not made when the donor did not say what mysqld must know', async () => {
    const error = await failureOf(make({ settings: { ...settings, variables: {} } }))
    expect(error.code).toBe('INTEGRITY')
  })
})
