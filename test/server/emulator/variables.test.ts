// The system variables of GreatSQL's clone plugin: ranges, refusals, and where they are seen.
import { expect, it } from 'vitest'
import { describeServer } from '../../bed/describe-server.ts'
import { failureOf } from './support/sql-failure.ts'
import { useEmulator } from './support/stage.ts'

const value = (name: string): string => `SELECT @@GLOBAL.${name}`

describeServer('the variables of GreatSQL', () => {
  const stage = useEmulator()

  it.each([
    ['clone_file_compress', 'CLONE_FILE_COMPRESS_NONE'],
    ['clone_file_compress_threads', '4'],
    ['clone_file_compress_zstd_level', '1'],
    ['clone_file_compress_chunk_size', '65536'],
    ['clone_encrypt_key_path', 'NULL'],
    ['clone_incremental_dir', 'NULL'],
    ['clone_max_concurrency', '8'],
    ['clone_buffer_size', '4194304'],
    ['clone_ddl_timeout', '300'],
    ['clone_block_ddl', '0'],
    ['clone_autotune_concurrency', '1'],
    ['clone_valid_donor_list', 'NULL'],
  ])('%s is %s at first', async (name, initial) => {
    expect(await stage.emulator.sql(value(name))).toEqual([[initial]])
  })

  it.each([
    ['clone_file_compress', 'CLONE_FILE_COMPRESS_ZSTD', 'CLONE_FILE_COMPRESS_ZSTD'],
    ['clone_file_compress', "'clone_file_compress_lz4'", 'CLONE_FILE_COMPRESS_LZ4'],
    ['clone_file_compress', '2', 'CLONE_FILE_COMPRESS_ZSTD'],
    ['clone_file_compress', 'DEFAULT', 'CLONE_FILE_COMPRESS_NONE'],
    ['clone_file_compress_threads', '1', '1'],
    ['clone_file_compress_threads', '128', '128'],
    ['clone_file_compress_threads', '129', '128'],
    ['clone_file_compress_threads', '0', '1'],
    ['clone_file_compress_threads', '-3', '1'],
    ['clone_file_compress_zstd_level', '20', '19'],
    ['clone_file_compress_chunk_size', '1', '1024'],
    ['clone_file_compress_chunk_size', '65537', '65536'],
    ['clone_file_compress_chunk_size', '18446744073709551615', '18446744073709550592'],
    ['clone_file_compress_chunk_size', '2 * 65536', '131072'],
    ['clone_encrypt_key_path', "'/k e y'", '/k e y'],
    ['clone_encrypt_key_path', 'NULL', 'NULL'],
  ])('SET GLOBAL %s = %s makes it %s', async (name, given, kept) => {
    const rows = await stage.emulator.sql(
      `SET GLOBAL ${name} = ${given}; SHOW WARNINGS; ${value(name)}`,
    )
    expect(rows.at(-1)).toEqual([kept])
    const fits = given === kept || !/^-?\d+$/.test(given) || name === 'clone_file_compress'
    expect(rows.slice(0, -1)).toEqual(
      fits ? [] : [['Warning', '1292', `Truncated incorrect ${name} value: '${given}'`]],
    )
  })

  it.each([
    [
      'GLOBAL clone_file_compress = ZSTD',
      "1231 42000 Variable 'clone_file_compress' can't be set to the value of 'ZSTD'",
    ],
    [
      'GLOBAL clone_file_compress = 3',
      "1231 42000 Variable 'clone_file_compress' can't be set to the value of '3'",
    ],
    [
      'GLOBAL clone_file_compress = NULL',
      "1231 42000 Variable 'clone_file_compress' can't be set to the value of 'NULL'",
    ],
    [
      "GLOBAL clone_file_compress_threads = 'x'",
      "1232 42000 Incorrect argument type to variable 'clone_file_compress_threads'",
    ],
    [
      'GLOBAL clone_file_compress_threads = 1.5',
      "1232 42000 Incorrect argument type to variable 'clone_file_compress_threads'",
    ],
    [
      'GLOBAL clone_encrypt_key_path = 5',
      "1232 42000 Incorrect argument type to variable 'clone_encrypt_key_path'",
    ],
    [
      'clone_file_compress = DEFAULT',
      "1229 HY000 Variable 'clone_file_compress' is a GLOBAL variable and should be set with SET GLOBAL",
    ],
    [
      "GLOBAL clone_incremental_dir = '/x'",
      "1238 HY000 Variable 'clone_incremental_dir' is a read only variable",
    ],
    ['GLOBAL version = 5', "1238 HY000 Variable 'version' is a read only variable"],
    [
      "GLOBAL clone_valid_donor_list = 'a:1, b:2'",
      '3869 HY000 Clone system configuration: Invalid Format. Please enter "<hostname1>:<port1>,..."\' with no extra space',
    ],
  ])('SET %s is refused', async (assignment, wanted) => {
    expect(await failureOf(stage.emulator, `SET ${assignment}`)).toBe(wanted)
  })

  it('refuses what does not fit where sql_mode is strict for all tables', async () => {
    const set = "SET sql_mode = 'STRICT_ALL_TABLES'; SET GLOBAL clone_file_compress_threads = 500"
    expect(await failureOf(stage.emulator, set)).toBe(
      "1231 42000 Variable 'clone_file_compress_threads' can't be set to the value of '500'",
    )
    expect(await stage.emulator.sql(value('clone_file_compress_threads'))).toEqual([['1']])
  })

  it('can be kept in a user variable and set back, among other assignments', async () => {
    const { emulator } = stage
    const rows = await emulator.sql(`
      SET GLOBAL clone_file_compress = CLONE_FILE_COMPRESS_LZ4, clone_file_compress_threads = 7;
      SET @mode = @@GLOBAL.clone_file_compress, @threads = @@clone_file_compress_threads;
      SET GLOBAL clone_file_compress = CLONE_FILE_COMPRESS_NONE, GLOBAL clone_buffer_size = 2097152,
        @@GLOBAL.clone_file_compress_threads = 2;
      SELECT @mode, @threads, @@clone_file_compress, @@clone_file_compress_threads, @@clone_buffer_size;
      SET GLOBAL clone_file_compress = @mode, GLOBAL clone_file_compress_threads = @threads;
      SELECT @@clone_file_compress, @@clone_file_compress_threads`)
    expect(rows).toEqual([
      ['CLONE_FILE_COMPRESS_LZ4', '7', 'CLONE_FILE_COMPRESS_NONE', '2', '2097152'],
      ['CLONE_FILE_COMPRESS_LZ4', '7'],
    ])
    await emulator.sql(`SET GLOBAL clone_file_compress = DEFAULT,
      GLOBAL clone_file_compress_threads = DEFAULT, GLOBAL clone_buffer_size = DEFAULT`)
  })

  it('are seen by SHOW VARIABLES and in performance_schema', async () => {
    const { emulator } = stage
    const shown = await emulator.sql("SHOW GLOBAL VARIABLES LIKE 'clone\\_file%'")
    expect(shown).toEqual([
      ['clone_file_compress', 'CLONE_FILE_COMPRESS_NONE'],
      ['clone_file_compress_chunk_size', '131072'],
      ['clone_file_compress_threads', '4'],
      ['clone_file_compress_zstd_level', '19'],
    ])
    expect(
      await emulator.sql(`SHOW VARIABLES WHERE Variable_name IN ('version', 'clone_file_compress')
        OR Value = '/nowhere'`),
    ).toEqual([
      ['clone_file_compress', 'CLONE_FILE_COMPRESS_NONE'],
      ['version', '8.0.32-27'],
    ])
    expect(
      await emulator.sql(`SELECT v.VARIABLE_VALUE FROM performance_schema.global_variables v
        WHERE v.VARIABLE_NAME = 'clone_file_compress_threads'`),
    ).toEqual([['4']])
    expect(await failureOf(emulator, 'SELECT @@SESSION.clone_file_compress')).toBe(
      "1238 HY000 Variable 'clone_file_compress' is a GLOBAL variable",
    )
  })

  it('may be read by everybody and set by those who may set variables', async () => {
    const { emulator } = stage
    await emulator.sql('CREATE USER nobody')
    const nobody = { user: 'nobody' }
    expect(await emulator.sql(value('clone_file_compress'), nobody)).toEqual([
      ['CLONE_FILE_COMPRESS_NONE'],
    ])
    expect(await failureOf(emulator, 'SET GLOBAL clone_file_compress = 1', nobody)).toMatch(
      /^1227 42000 Access denied; .*SYSTEM_VARIABLES_ADMIN/,
    )
  })

  it('are there while the plugin is', async () => {
    const { emulator } = stage
    await emulator.sql('SET GLOBAL clone_file_compress_threads = 9; UNINSTALL PLUGIN clone')
    expect(await failureOf(emulator, value('clone_file_compress'))).toBe(
      "1193 HY000 Unknown system variable 'clone_file_compress'",
    )
    expect(await failureOf(emulator, 'SET GLOBAL clone_file_compress_threads = 5')).toBe(
      "1193 HY000 Unknown system variable 'clone_file_compress_threads'",
    )
    expect(await emulator.sql("SHOW VARIABLES LIKE 'clone%'")).toEqual([
      ['clone_incremental_dir', ''],
    ])
    expect(await failureOf(emulator, "CLONE LOCAL DATA DIRECTORY '/x'")).toBe(
      "1524 HY000 Plugin 'clone' is not loaded",
    )
    expect(await failureOf(emulator, 'SELECT * FROM performance_schema.clone_status')).toMatch(
      /^1146 42S02 /,
    )
    expect(await failureOf(emulator, 'UNINSTALL PLUGIN clone')).toBe(
      '1305 42000 PLUGIN clone does not exist',
    )
    await emulator.sql("INSTALL PLUGIN clone SONAME 'mysql_clone.so'")
    expect(await failureOf(emulator, "INSTALL PLUGIN clone SONAME 'mysql_clone.so'")).toMatch(
      /^1125 HY000 Function 'clone' already exists/,
    )
    expect(await emulator.sql(value('clone_file_compress_threads'))).toEqual([['4']])
  })
})
