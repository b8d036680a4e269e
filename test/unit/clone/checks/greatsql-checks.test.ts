// The checks that stand before a clone of GreatSQL's, and before one of another server.

import { describe, expect, it } from 'vitest'
import type { CheckContext } from '../../../../src/clone/check.ts'
import { cloneEncryption } from '../../../../src/clone/checks/clone-encryption.ts'
import { clonePlugin } from '../../../../src/clone/checks/clone-plugin.ts'
import { cloneRunning } from '../../../../src/clone/checks/clone-running.ts'
import { compressedTables } from '../../../../src/clone/checks/compressed-tables.ts'
import { privileges } from '../../../../src/clone/checks/privileges.ts'
import { remoteDonor } from '../../../../src/clone/checks/remote-donor.ts'
import { repositoryPath } from '../../../../src/clone/checks/repository-path.ts'
import type { Row } from '../../../../src/mysql/session.ts'
import { cloneStatusRow } from '../../../fakes/clone-status-row.ts'
import { fakeContext, fakeSession } from './fake-context.ts'

type Answers = readonly (readonly [RegExp, readonly Row[]])[]

const greatsql = (answers: Answers, changes: Partial<CheckContext> = {}): CheckContext =>
  fakeContext({ engine: 'greatsql', session: fakeSession(answers), ...changes })

describe('compressed-tables', () => {
  const answers: Answers = [[/ZIP_PAGE_SIZE/, [{ name: 'shop/old', total: '7' }]]]

  it('names the tables whose changed pages GreatSQL cannot apply', async () => {
    expect(await compressedTables.run(greatsql(answers))).toMatchObject({
      state: 'fail',
      message: expect.stringContaining('ROW_FORMAT=COMPRESSED: shop/old and 6 more'),
      hint: expect.stringContaining('--engine mysql'),
    })
  })

  it('lets clonectl compare them', async () => {
    const finding = await compressedTables.run(greatsql(answers, { engine: 'mysql' }))
    expect(finding.state).toBe('ok')
  })
})

describe('clone-encryption', () => {
  it('P-10, U-11: refuses, and tells of compression that cannot be had as well', async () => {
    const context = greatsql([[/clone_encrypt_key_path/, [{ Value: '/key' }]]])
    expect((await cloneEncryption.run(context)).message).not.toContain('compress')
    expect(await cloneEncryption.run({ ...context, compression: { codec: 'zstd' } })).toMatchObject(
      { state: 'fail', message: expect.stringContaining('cannot compress') },
    )
  })
})

describe('compression', () => {
  it('by the server needs the privilege to set the variables, or SUPER', async () => {
    const run = (names: readonly string[]) => {
      const own = { ...fakeContext().capabilities, privileges: new Set(names) }
      return privileges.run(
        greatsql([[/CURRENT_USER/, [{ user: 'dba@%' }]]], {
          compression: { codec: 'lz4' },
          capabilities: own,
        }),
      )
    }
    const base = ['BACKUP_ADMIN', 'PROCESS', 'SELECT ON performance_schema']
    expect((await run(base)).message).toContain('lacks SYSTEM_VARIABLES_ADMIN')
    expect((await run([...base, 'SUPER'])).state).toBe('ok')
    const own = { ...fakeContext().capabilities, privileges: new Set(base) }
    const session = fakeSession([[/CURRENT_USER/, [{ user: 'dba@%' }]]])
    const byClonectl = fakeContext({ session, compression: { codec: 'lz4' }, capabilities: own })
    expect((await privileges.run(byClonectl)).state).toBe('ok')
  })
})

describe('P-58: repository-path with GreatSQL, whose shell and table get it', () => {
  it.each(['/b/with space', '/b/$HOME', '/b/a;b', '/b/größe', `/b/${'x'.repeat(500)}`])(
    'refuses %s',
    async (repository) => {
      expect((await repositoryPath.run(greatsql([], { repository }))).state).toBe('fail')
    },
  )

  it('takes plain ones', async () => {
    const repository = '/nowhere/My_backups/shop-1.2+x@y'
    expect((await repositoryPath.run(greatsql([], { repository }))).state).toBe('ok')
  })
})

describe('remote-donor', () => {
  const donorAddress = { host: 'db1', port: 3306 }
  const packet: Answers = [[/max_allowed_packet/, [{ bytes: '67108864' }]]]
  const listed = (list: string): Answers => [[/clone_valid_donor_list/, [{ list }]], ...packet]
  const run = (list: string, version = '9.7.4', donor = packet) => {
    const context = fakeContext({ donorAddress, session: fakeSession(donor) })
    const recipient = {
      ...context.recipient,
      session: fakeSession(listed(list)),
      identity: { ...context.identity, version },
    }
    return remoteDonor.run({ ...context, recipient })
  }

  it.each(['db1:3306', 'db0:3306,db1:3306', '0.0.0.0:3306'])('is content with %s', async (list) => {
    expect((await run(list)).state).toBe('ok')
  })

  it.each(['', 'db1:3307', 'db1:3306 ', 'db1.example:3306'])(
    'U-12: refuses a donor list of "%s"',
    async (list) => {
      expect(await run(list)).toMatchObject({
        state: 'fail',
        message: expect.stringContaining('db1:3306 is not in clone_valid_donor_list'),
        hint: expect.stringMatching(/SET GLOBAL clone_valid_donor_list = '.*db1:3306'$/),
      })
    },
  )

  it('tells every trouble at once', async () => {
    const small: Answers = [[/max_allowed_packet/, [{ bytes: '1048576' }]]]
    const { message } = await run('', '9.7.3', small)
    expect(message).toMatch(/9\.7\.4.*9\.7\.3.*donor_list.*max_allowed_packet of the donor/s)
  })
})

describe('clone-plugin of two servers', () => {
  it('is wanted on both', async () => {
    const active = fakeSession([[/PLUGINS/, [{ PLUGIN_STATUS: 'ACTIVE' }]]])
    const context = fakeContext({ session: active })
    const recipient = { ...context.recipient, session: fakeSession([]) }
    expect(await clonePlugin.run({ ...context, recipient })).toMatchObject({
      state: 'fail',
      message: expect.stringContaining('on the server that is to run CLONE'),
    })
  })
})

describe('clone-running', () => {
  it('U-06: takes a slot that GreatSQL lost for what it is', async () => {
    const row = cloneStatusRow('/elsewhere', { STATE: 'In Progress', PID: '44' })
    const run = (threads: string) =>
      cloneRunning.run(
        greatsql([
          [/clone_status/, [row]],
          [/threads/, [{ threads }]],
        ]),
      )
    expect((await run('1')).state).toBe('fail')
    expect(await run('0')).toMatchObject({
      state: 'warn',
      message: expect.stringContaining('its session 44 is gone'),
    })
  })
})
