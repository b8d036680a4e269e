import { describe, expect, it } from 'vitest'
import type { Check } from '../../../../src/clone/check.ts'
import { binlog } from '../../../../src/clone/checks/binlog.ts'
import { clonePlugin } from '../../../../src/clone/checks/clone-plugin.ts'
import { encryption } from '../../../../src/clone/checks/encryption.ts'
import { judgeSpace } from '../../../../src/clone/checks/free-space.ts'
import { nameSome } from '../../../../src/clone/checks/name-some.ts'
import { pageTracking } from '../../../../src/clone/checks/page-tracking.ts'
import { serverVersion } from '../../../../src/clone/checks/server-version.ts'
import { allChecks, runChecks } from '../../../../src/clone/checks.ts'
import { ClonectlError } from '../../../../src/errors.ts'
import { fakeContext, fakeSession } from './fake-context.ts'

const throwing = (error: Error): Check => ({
  name: 'throwing',
  run: () => Promise.reject(error),
})

const fine: Check = { name: 'fine', run: async () => ({ state: 'ok', message: 'fine' }) }

describe('the list of checks', () => {
  it('has a kebab-case name for each, and none twice', () => {
    const names = allChecks.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
  })
})

describe('runChecks', () => {
  it('goes on after a check that the server would not answer', async () => {
    const denied = new ClonectlError('SERVER', 'SELECT: denied', { hint: 'Grant it.' })
    expect(await runChecks([throwing(denied), fine], fakeContext())).toEqual([
      {
        name: 'throwing',
        state: 'fail',
        message: 'could not be checked: SELECT: denied',
        hint: 'Grant it.',
      },
      { name: 'fine', state: 'ok', message: 'fine' },
    ])
  })

  it('makes a refusal of the system a failure with its text', async () => {
    const refused = Object.assign(new Error("EACCES: permission denied, stat '/x'"), {
      code: 'EACCES',
      syscall: 'stat',
    })
    const [result] = await runChecks([throwing(refused)], fakeContext())
    expect(result).toMatchObject({
      state: 'fail',
      message: "could not be checked: EACCES: permission denied, stat '/x'",
    })
  })

  it('lets a bug through', async () => {
    const bug = new TypeError('undefined is not a function')
    await expect(runChecks([throwing(bug)], fakeContext())).rejects.toBe(bug)
  })
})

describe('server-version', () => {
  const judge = async (version: string, changes: Parameters<typeof fakeContext>[0] = {}) => {
    const context = fakeContext(changes)
    return serverVersion.run({ ...context, identity: { ...context.identity, version } })
  }

  it.each(['8.0.30', '8.0.32-26', '8.0.100', '8.1.0', '8.4.4-5', '9.7.4', '10.0.0'])(
    'accepts %s',
    async (version) => {
      expect(await judge(version)).toMatchObject({ state: 'ok' })
    },
  )

  it.each(['5.7.44', '8.0.29', '8.0.25-15', '7.9.99'])('refuses %s', async (version) => {
    expect(await judge(version)).toMatchObject({
      state: 'fail',
      message: expect.stringContaining('8.0.30 or later is needed'),
    })
  })

  it('says who makes the increments', async () => {
    const capabilities = { ...fakeContext().capabilities, incrementalClone: true }
    const made = async (engine: 'greatsql' | 'mysql') =>
      (await judge('8.0.32-26', { engine, capabilities })).message
    expect(await made('greatsql')).toContain('increments are those that the server makes')
    expect(await made('mysql')).toContain('increments are those that clonectl makes')
  })

  it('refuses to let a server make them that cannot', async () => {
    expect(await judge('9.7.4', { engine: 'greatsql' })).toMatchObject({
      state: 'fail',
      message: expect.stringContaining('cannot make increments itself'),
      hint: expect.stringContaining('--engine'),
    })
  })
})

describe('free-space', () => {
  const mebibyte = 2 ** 20

  it('names what a full and an increment need, and what is free', () => {
    const facts = { needed: 300 * mebibyte, free: 1000.25 * mebibyte, repository: '/backup' }
    expect(judgeSpace({ ...facts, engine: 'mysql' })).toEqual({
      state: 'ok',
      message:
        'a full needs about 300.0 MiB, an increment the same in its staging directory while it is made; ' +
        '1000.3 MiB are free at /backup',
    })
    expect(judgeSpace({ ...facts, engine: 'greatsql' }).message).toBe(
      'a full needs about 300.0 MiB; 1000.3 MiB are free at /backup',
    )
  })

  it('is content with just enough, and not with a byte less', () => {
    const stateFor = (free: number) =>
      judgeSpace({ needed: 5000, free, repository: '/backup', engine: 'mysql' }).state
    expect([stateFor(5000), stateFor(4999)]).toEqual(['ok', 'fail'])
  })
})

describe('clone-plugin', () => {
  it('offers no statement against a plugin that is installed but not active', async () => {
    const session = fakeSession([[/PLUGINS/, [{ PLUGIN_STATUS: 'DISABLED' }]]])
    const finding = await clonePlugin.run(fakeContext({ session }))
    expect(finding).toMatchObject({
      state: 'fail',
      message: 'the clone plugin is DISABLED, not ACTIVE',
    })
    expect(finding).not.toHaveProperty('fix')
  })
})

describe('encrypted-tablespaces', () => {
  it('warns of tablespaces and logs, because the keyring is not in the backup', async () => {
    const session = fakeSession([
      [/INNODB_TABLESPACES/, ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, total: '12' }))],
      [/innodb_redo_log_encrypt/, [{ Variable_name: 'innodb_redo_log_encrypt', Value: 'ON' }]],
    ])
    expect(await encryption.run(fakeContext({ session }))).toMatchObject({
      state: 'warn',
      message:
        'encrypted tablespaces: a, b, c, d, e and 7 more; innodb_redo_log_encrypt is ON: ' +
        'the keyring is not part of a backup, and without it a restored server cannot read them',
    })
  })
})

describe('binlog', () => {
  it('warns that encrypted binlogs can be replayed from the server only', async () => {
    const values = { log_bin: 'ON', gtid_mode: 'ON', binlog_encryption: 'ON' }
    const rows = Object.entries(values).map(([name, value]) => ({
      Variable_name: name,
      Value: value,
    }))
    const session = fakeSession([[/log_bin/, rows]])
    expect(await binlog.run(fakeContext({ session }))).toMatchObject({
      state: 'warn',
      hint: expect.stringContaining('--binlog-server'),
    })
  })
})

describe('page-tracking', () => {
  const answering = (lsn: string) => fakeSession([[/get_start_lsn/, [{ start: lsn }]]])

  it('never stands in the way, on or off or without its component', async () => {
    const on = await pageTracking.run(fakeContext({ session: answering('19803404') }))
    expect(on).toEqual({ state: 'ok', message: 'page tracking is on since LSN 19803404' })
    const off = await pageTracking.run(fakeContext({ session: answering('0'), pageTrack: false }))
    expect(off).toEqual({ state: 'ok', message: 'page tracking is off, and was not asked for' })
    const { capabilities } = fakeContext()
    const missing = { ...capabilities, mysqlbackupComponent: false }
    const without = await pageTracking.run(fakeContext({ capabilities: missing }))
    expect(without.state).toBe('ok')
  })
})

describe('nameSome', () => {
  it('names five and counts the rest', () => {
    expect(nameSome(['a', 'b'])).toBe('a, b')
    expect(nameSome(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c, d, e')
    expect(nameSome(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe('a, b, c, d, e and 2 more')
    expect(nameSome(['a', 'b'], 10)).toBe('a, b and 8 more')
  })
})
