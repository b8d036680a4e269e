import { describe, expect, it } from 'vitest'
import {
  globalPrivileges,
  hasPrivilege,
  READ_PERFORMANCE_SCHEMA,
  readPrivileges,
} from '../../../src/mysql/privileges.ts'
import { scriptedSession } from './scripted-session.ts'

describe('globalPrivileges', () => {
  it('reads static and dynamic privileges and nothing of smaller scope', () => {
    const names = globalPrivileges([
      'GRANT SELECT, REPLICATION CLIENT ON *.* TO `u`@`%`',
      'GRANT BACKUP_ADMIN,CLONE_ADMIN ON *.* TO `u`@`%` WITH GRANT OPTION',
      'GRANT INSERT ON `mysql`.* TO `u`@`%`',
      'GRANT UPDATE ON `a`.`b` TO `u`@`%`',
      'GRANT `role`@`%` TO `u`@`%`',
      'GRANT PROXY ON ``@`` TO `u`@`%` WITH GRANT OPTION',
      'REVOKE DELETE ON `x`.* FROM `u`@`%`',
    ])
    expect([...names].sort()).toEqual([
      'BACKUP_ADMIN',
      'CLONE_ADMIN',
      'REPLICATION CLIENT',
      'SELECT',
    ])
  })

  it('takes USAGE for nothing', () => {
    expect([...globalPrivileges(['GRANT USAGE ON *.* TO `u`@`%`'])]).toEqual([])
  })
})

describe('hasPrivilege', () => {
  it('knows what is held, and that ALL holds everything', () => {
    expect(hasPrivilege(new Set(['BACKUP_ADMIN']), 'BACKUP_ADMIN')).toBe(true)
    expect(hasPrivilege(new Set(['BACKUP_ADMIN']), 'backup_admin')).toBe(true)
    expect(hasPrivilege(new Set(['SUPER', 'SELECT']), 'BACKUP_ADMIN')).toBe(false)
    expect(hasPrivilege(new Set(['ALL PRIVILEGES']), 'BACKUP_ADMIN')).toBe(true)
    expect(hasPrivilege(new Set([READ_PERFORMANCE_SCHEMA]), READ_PERFORMANCE_SCHEMA)).toBe(true)
  })
})

const grants = { sql: /^SHOW GRANTS$/u, rows: [{ g: 'GRANT USAGE ON *.* TO `u`@`%`' }] }
const table = (name: string) => ({
  sql: new RegExp(`FROM performance_schema\\.${name} LIMIT 0$`, 'u'),
})

describe('readPrivileges', () => {
  it('finds out by asking whether performance_schema can be read', async () => {
    const session = scriptedSession(
      grants,
      table('log_status'),
      { ...table('clone_status'), errno: 1146 },
      { ...table('clone_progress'), errno: 1146 },
    )
    expect([...(await readPrivileges(session))]).toEqual([READ_PERFORMANCE_SCHEMA])
    session.expectDone()
  })

  it('does not claim it when one table is denied', async () => {
    const session = scriptedSession(
      grants,
      table('log_status'),
      { ...table('clone_status'), errno: 1142 },
      table('clone_progress'),
    )
    expect([...(await readPrivileges(session))]).toEqual([])
  })
})
