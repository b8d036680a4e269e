// The checksums of pages as a real server writes them, and innochecksum, which comes with it, as the
// judge: it and clonectl must say the same of every file, whole and damaged.
import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createTablespaceCheck,
  type TablespaceFindings,
} from '../../src/innodb/tablespace-check.ts'
import { readBlocks } from '../../src/repository/file-digest.ts'
import { describeServer } from '../bed/describe-server.ts'
import { startInstance } from '../bed/instance.ts'
import { makeScratchDirectory, type ScratchDirectory } from '../bed/scratch-directory.ts'

const P = 16_384
const zipped = ['1', '2', '4', '8', '16'].map(
  (size) => [`zip${size}`, `ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=${size}`] as const,
)
const packed = [
  ['packed_zlib', "COMPRESSION='zlib'"],
  ['packed_lz4', "COMPRESSION='lz4'"],
] as const
const tables = [['plain', ''] as const, ...zipped, ...packed]
const files = ['ibdata1', 'mysql.ibd', 'undo_001', ...tables.map(([name]) => `t/${name}.ibd`)]

let scratch: ScratchDirectory
let datadir = ''
let innochecksum = ''

describeServer('page checksums', () => {
  beforeAll(async () => {
    scratch = await makeScratchDirectory()
    await using donor = await startInstance({ dir: join(scratch.path, 'donor') })
    innochecksum = join(donor.basedir.path, 'bin', 'innochecksum')
    await donor.sql('CREATE DATABASE t')
    for (const [name, options] of tables) {
      await donor.sql(
        `CREATE TABLE t.${name} (id INT PRIMARY KEY AUTO_INCREMENT, v VARCHAR(600), w BLOB) ${options}`,
      )
      await donor.sql(
        `INSERT INTO t.${name} (v, w) WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i + 1 FROM n WHERE i < 300) SELECT REPEAT(SHA2(i, 256), 9), REPEAT(UNHEX(SHA2(i, 512)), 300) FROM n`,
      )
    }
    datadir = donor.datadir
    await donor.stop()
  })

  afterAll(() => scratch[Symbol.asyncDispose]())

  const check = async (file: string): Promise<TablespaceFindings> => {
    const tablespace = createTablespaceCheck(P)
    for await (const block of readBlocks(file)) tablespace.feed(block)
    return tablespace.end()
  }

  const judgedSound = async (file: string): Promise<boolean> => {
    try {
      await promisify(execFile)(innochecksum, [file])
      return true
    } catch {
      // Its exit code is all that is asked for.
      return false
    }
  }

  const copyOf = (path: string): string => {
    const copy = join(scratch.path, path.replaceAll('/', '-'))
    copyFileSync(join(datadir, path), copy)
    return copy
  }

  describe.each(files)('the pages of %s', (path) => {
    it('are sound, as innochecksum says', async () => {
      const found = await check(join(datadir, path))
      expect(found.faults).toEqual([])
      expect(found.restBytes).toBe(0)
      expect(found.sound).toBeGreaterThan(2)
      expect(found.unchecked).toEqual({ encrypted: 0, noChecksum: 0, unknownCompression: 0 })
      expect(await judgedSound(join(datadir, path))).toBe(true)
    })

    it('are not when a byte of one has changed', async () => {
      const copy = copyOf(path)
      const bytes = readFileSync(copy)
      // Beyond the header of page 1, and in every page size.
      const offset = P + 60
      bytes.writeUInt8(bytes.readUInt8(offset) ^ 0x10, offset)
      writeFileSync(copy, bytes)
      const { faulty, faults } = await check(copy)
      expect(faulty).toBe(1)
      const [first] = faults
      expect(offset - (first?.offset ?? 0)).toBeGreaterThanOrEqual(0)
      expect(offset - (first?.offset ?? 0)).toBeLessThan(P)
      expect(await judgedSound(copy)).toBe(false)
    })
  })

  it.each(['t/plain.ibd', 'mysql.ibd', 't/zip8.ibd', 't/zip1.ibd'])(
    'the older checksums of %s are known',
    async (path) => {
      for (const algorithm of ['innodb', 'none']) {
        const copy = copyOf(path)
        await promisify(execFile)(innochecksum, ['--no-check', `--write=${algorithm}`, copy])
        const before = await check(join(datadir, path))
        const { sound, unchecked, faulty } = await check(copy)
        expect(faulty).toBe(0)
        expect(algorithm === 'innodb' ? sound : unchecked.noChecksum).toBe(before.sound)
      }
    },
  )

  it('page compression was at work', () => {
    const pages = readFileSync(join(datadir, 't/packed_lz4.ibd'))
    const types = Array.from({ length: pages.length / P }, (_, n) => pages.readUInt16BE(n * P + 24))
    expect(existsSync(innochecksum)).toBe(true)
    expect(types.filter((type) => type === 14).length).toBeGreaterThan(3)
  })
})
