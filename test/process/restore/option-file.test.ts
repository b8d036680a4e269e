import { describe, expect, it } from 'vitest'
import { renderTemplate } from '../../../src/restore/option-file.ts'

const values = {
  datadir: '/restored/$& {{socket}}',
  socket: '/restored/mysqld.sock',
  pid_file: '/restored/mysqld.pid',
  user_line: 'user = 999',
  clone_plugin_line: 'plugin_load_add = mysql_clone.so',
  lower_case_table_names: '1',
  innodb_page_size: '8192',
  innodb_data_file_path: 'ibdata1:12M:autoextend',
  gtid_mode: 'ON',
  enforce_gtid_consistency: 'ON',
  init_file: '/stage/account.sql',
  server_id: '7',
  relay_log: '/stage/relay/relay',
  workers: '4',
  buffer_pool: '134217728',
}

/** Options by name, of a text without quotes. */
const optionsOf = (text: string) =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => /^[a-z]/.test(line))
      .map((line) => line.split(' = ', 2)),
  ) as Readonly<Record<string, string>>

describe('the option file of a private mysqld', () => {
  it('holds the values, each as it is', async () => {
    expect(optionsOf(await renderTemplate('restore.cnf', values))).toMatchObject({
      datadir: '/restored/$& {{socket}}',
      socket: '/restored/mysqld.sock',
      user: '999',
      lower_case_table_names: '1',
      innodb_page_size: '8192',
      innodb_data_file_path: 'ibdata1:12M:autoextend',
      gtid_mode: 'ON',
    })
  })

  it('lets nobody in from outside, and changes nothing on its own', async () => {
    expect(optionsOf(await renderTemplate('restore.cnf', values))).toMatchObject({
      skip_networking: 'ON',
      mysqlx: 'OFF',
      event_scheduler: 'OFF',
      skip_replica_start: 'ON',
    })
  })

  it('leaves the user out for whoever is not root', async () => {
    const text = await renderTemplate('restore.cnf', { ...values, user_line: '' })
    expect(optionsOf(text)).not.toHaveProperty('user')
  })

  it('runs a file of statements first, and writes no binlog, for a replay', async () => {
    expect(optionsOf(await renderTemplate('replay.cnf', values))).toMatchObject({
      init_file: '/stage/account.sql',
      skip_log_bin: 'ON',
      local_infile: 'ON',
      server_id: '7',
      innodb_strict_mode: 'OFF',
    })
  })

  it.each(Object.keys(values))('is a bug without a value for {{%s}}', async (placeholder) => {
    const { [placeholder]: _, ...others } = values as Readonly<Record<string, string>>
    const names = ['restore.cnf', 'replay.cnf', 'applier.cnf']
    const texts = names.map((name) => renderTemplate(name, others))
    const failures = (await Promise.allSettled(texts)).filter(({ status }) => status === 'rejected')
    expect(failures).toEqual([
      expect.objectContaining({
        reason: expect.objectContaining({
          message: expect.stringContaining(`has no value for {{${placeholder}}}`) as string,
        }) as Error,
      }),
    ])
  })
})
