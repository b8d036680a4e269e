import fc from 'fast-check'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { backupPathsAt } from '../../../src/repository/layout.ts'
import { readManifest, writeManifest } from '../../../src/repository/manifest-file.ts'
import { fileEntry, makeManifest } from '../../fakes/manifest.ts'
import { failureOf } from '../system/failure-of.ts'
import { useScratchDir } from '../system/scratch-dir.ts'

const ID = 'UTC20261120T093012.345-full'
const scratch = useScratchDir()
const paths = () => backupPathsAt(scratch(ID))
const text = (): string => readFileSync(paths().manifest, 'utf8')

const manifest = makeManifest(ID, {
  label: 'vor dem Umbau: Größe "µ"',
  files: [fileEntry('data/t/ä.ibd', 5_000_000_000)],
  emptyDirectories: ['data/mysql'],
  deltas: [{ path: 't/a.ibd', spaceId: 4_294_967_294, pageBytes: 16_384, pages: 3, fresh: true }],
})

beforeEach(async () => {
  mkdirSync(scratch(ID))
  await writeManifest(paths(), manifest)
})

describe('a manifest on disk', () => {
  it('is read as it was written, with a checksum at its end', async () => {
    expect(await readManifest(paths())).toEqual(manifest)
    expect(text()).toMatch(/"checksum": "[0-9a-f]{64}"\n\}\n$/)
    expect(statSync(paths().manifest).mode & 0o777).toBe(0o640)
    expect(readdirSync(scratch(ID))).toEqual(['manifest.json'])
  })

  it('is not there before the backup is sealed', async () => {
    rmSync(paths().manifest)
    expect(await readManifest(paths())).toBeUndefined()
    expect(await readManifest(backupPathsAt(scratch('no-such-backup')))).toBeUndefined()
  })

  it('is not believed when it was changed after sealing', async () => {
    writeFileSync(paths().manifest, text().replace('"endLsn": "9', '"endLsn": "8'))
    const error = await failureOf(readManifest(paths()))
    expect(error).toMatchObject({
      code: 'INTEGRITY',
      message: `${paths().manifest} was changed after it was sealed`,
      hint: 'restore the file from a copy of the repository',
    })
  })

  it('never says anything else with one byte changed', async () => {
    const sealed = readFileSync(paths().manifest)
    const anyByte = fc.record({ at: fc.nat(sealed.length - 1), byte: fc.nat(255) })
    await fc.assert(
      fc.asyncProperty(anyByte, async ({ at, byte }) => {
        const changed = Buffer.from(sealed)
        changed[at] = byte
        writeFileSync(paths().manifest, changed)
        const read = await readManifest(paths()).catch((error: unknown) => error)
        // White space between the fields says nothing and may change.
        if (read instanceof Error) expect(read).toMatchObject({ code: expect.any(String) })
        else expect(read).toEqual(manifest)
      }),
      { numRuns: 300 },
    )
  })

  it.each(['', '{"format": 1', 'null', '[]', '"manifest"'])('cannot be %j', async (other) => {
    writeFileSync(paths().manifest, other)
    const { code } = await failureOf(readManifest(paths()))
    expect(['REPOSITORY_UNREADABLE', 'INTEGRITY']).toContain(code)
  })

  it('without a checksum is not believed', async () => {
    writeFileSync(paths().manifest, JSON.stringify(manifest))
    expect((await failureOf(readManifest(paths()))).code).toBe('INTEGRITY')
  })

  it('of a newer format is left to a newer clonectl, even though nothing in it is known', async () => {
    writeFileSync(paths().manifest, '{"format": 2, "id": {"new": true}}')
    expect(await failureOf(readManifest(paths()))).toMatchObject({
      code: 'REPOSITORY_NEWER',
      details: { format: 2 },
    })
  })

  it('belongs to a directory of its own name', async () => {
    const other = 'UTC20261120T093012.345-incr'
    renameSync(scratch(ID), scratch(other))
    expect(await failureOf(readManifest(backupPathsAt(scratch(other))))).toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining(`describes ${ID}, not ${other}`) as string,
      hint: expect.stringContaining('rename it back') as string,
    })
  })

  it('that cannot be read is unreadable, not missing', async () => {
    rmSync(paths().manifest)
    mkdirSync(paths().manifest)
    expect((await failureOf(readManifest(paths()))).code).toBe('REPOSITORY_UNREADABLE')
  })
})
