import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { backupPathsAt } from '../../../src/repository/layout.ts'
import { readServerFile, writeServerFile } from '../../../src/repository/server-file.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const scratch = useScratchDir()
const paths = () => backupPathsAt(scratch())

const settings = {
  variables: { innodb_page_size: '16384', innodb_data_file_path: 'ibdata1:12M:autoextend' },
  plugins: [{ name: 'clone', type: 'CLONE', library: 'mysql_clone.so', registered: true }],
  components: null,
}

describe('server.json', () => {
  it('is read as it was written', async () => {
    await writeServerFile(paths(), settings)
    expect(await readServerFile(paths())).toMatchObject(settings)
  })

  it('is nothing where there is none', async () => {
    expect(await readServerFile(paths())).toBeUndefined()
  })

  it.each([
    [
      'REPOSITORY_UNREADABLE',
      '{"format":1,"variables":{"port":3306},"plugins":[],"components":null}',
    ],
    ['REPOSITORY_NEWER', '{"format":2}'],
  ])('fails with %s for %s', async (code, text) => {
    writeFileSync(paths().server, text)
    expect((await failureOf(readServerFile(paths()))).code).toBe(code)
  })
})
