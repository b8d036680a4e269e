import { describe, expect, it } from 'vitest'
import { readRestoreSettings } from '../../../src/mysql/restore-settings.ts'
import { scriptedSession } from './scripted-session.ts'

const variables = {
  sql: /^SHOW GLOBAL VARIABLES WHERE Variable_name IN \('lower_case_table_names', /u,
  rows: [{ Variable_name: 'innodb_page_size', Value: '16384' }],
}
const plugins = {
  sql: /FROM information_schema\.PLUGINS/u,
  rows: [{ PLUGIN_NAME: 'clone', PLUGIN_TYPE: 'CLONE', PLUGIN_LIBRARY: 'mysql_clone.so' }],
}

const registered = { sql: /FROM mysql\.plugin/u, rows: [{ name: 'clone' }] }

describe('readRestoreSettings', () => {
  it('keeps the variables the server has, plugins and components', async () => {
    const components = {
      sql: /FROM mysql\.component/u,
      rows: [{ urn: 'file://component_mysqlbackup' }],
    }
    expect(
      await readRestoreSettings(scriptedSession(variables, plugins, registered, components)),
    ).toEqual({
      variables: { innodb_page_size: '16384' },
      plugins: [{ name: 'clone', type: 'CLONE', library: 'mysql_clone.so', registered: true }],
      components: ['file://component_mysqlbackup'],
    })
  })

  it('does without what the account may not read in the mysql schema', async () => {
    const session = scriptedSession(
      variables,
      plugins,
      { sql: /mysql\.plugin/u, errno: 1142 },
      { sql: /mysql\.component/u, errno: 1142 },
    )
    const settings = await readRestoreSettings(session)
    expect(settings.components).toBeNull()
    expect(settings.plugins).toMatchObject([{ name: 'clone', registered: null }])
  })
})
