// Corruption trials: every kind of file of a backup is damaged in every way, and each time exactly what
// was damaged must be named, and nothing else.
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { VerifyProblem } from '../../../src/repository/verify-problem.ts'
import {
  FULL,
  INCREMENT,
  sealVerifiableChain,
  type Shape,
  type VerifiableChain,
} from '../../fakes/verifiable-chain.ts'
import { verifyAll } from '../../fakes/verify-request.ts'

vi.mock('../../../src/system/worker-pool.ts', async () => {
  const { createInProcessPool } = await import('../../fakes/in-process-pool.ts')
  return { createWorkerPool: createInProcessPool }
})

const shapes: readonly (readonly [string, Shape])[] = [
  ['mysql, plain', { engine: 'mysql', codec: undefined }],
  ['mysql, zstd', { engine: 'mysql', codec: 'zstd' }],
  ['greatsql, plain', { engine: 'greatsql', codec: undefined }],
  ['greatsql, zstd', { engine: 'greatsql', codec: 'zstd' }],
  ['greatsql, lz4', { engine: 'greatsql', codec: 'lz4' }],
]

const KEPT = new Set(['manifest.json', 'run.json', 'verified.json'])

const names = (problems: readonly VerifyProblem[]): readonly string[] => [
  ...new Set(problems.map(({ backup, file }) => `${backup}/${file ?? ''}`)),
]

describe.each(shapes)('a chain of %s', (_, shape) => {
  let chain: VerifiableChain
  let root = ''
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'clonectl-trials-'))
    chain = await sealVerifiableChain(root, shape)
  })
  afterAll(() => {
    rmSync(root, { recursive: true, force: true })
  })

  const problems = async () => (await verifyAll(chain.layout)).problems
  const sealedFiles = (): readonly string[] =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.includes('/') && statSync(join(root, path)).isFile())
      .filter((path) => !KEPT.has(path.split('/').slice(1).join('/')))
      .sort()
  const filled = () => sealedFiles().filter((path) => statSync(join(root, path)).size > 0)

  /** Damages one file, verifies, and puts it back. */
  const trial = async (path: string, damage: (file: string, bytes: Buffer) => void) => {
    const file = join(root, path)
    const bytes = readFileSync(file)
    damage(file, Buffer.from(bytes))
    const found = await problems()
    writeFileSync(file, bytes)
    return found
  }

  const flip = (at: (length: number) => number) => (file: string, bytes: Buffer) => {
    const offset = at(bytes.length)
    bytes.writeUInt8(bytes.readUInt8(offset) ^ 0x41, offset)
    writeFileSync(file, bytes)
  }

  it('is found whole', async () => {
    const { problems: found, backups } = await verifyAll(chain.layout, { deep: true })
    expect(found).toEqual([])
    expect(backups.map(({ id }) => id)).toEqual([FULL, INCREMENT])
    for (const { files, filesRead, bytes, bytesRead, pages } of backups) {
      expect([filesRead, bytesRead]).toEqual([files, bytes])
      expect(pages?.sound).toBeGreaterThan(0)
    }
  })

  it.each([
    ['first', () => 0],
    ['middle', (length: number) => Math.floor(length / 2)],
    ['last', (length: number) => length - 1],
  ])('has the %s byte of each file changed', async (_which, at) => {
    for (const path of filled()) {
      const found = await trial(path, flip(at))
      expect(names(found), path).toEqual([path])
      const [first] = found
      expect(first).toMatchObject({ code: 'SHA256', message: expect.stringContaining('expected') })
      expect(first?.expected).toMatch(/^[\da-f]{64}$/)
      expect(first?.actual).toMatch(/^[\da-f]{64}$/)
    }
  })

  it('has each file cut, compressed ones between two frames', async () => {
    for (const path of filled()) {
      const full = statSync(join(root, path)).size
      const size = chain.frameAt.get(join(root, path)) ?? Math.floor(full / 2)
      const found = await trial(path, (file) => {
        truncateSync(file, size)
      })
      expect(found, path).toEqual([
        expect.objectContaining({ code: 'SIZE', expected: full, actual: size }),
      ])
      expect(names(found)).toEqual([path])
    }
  })

  it('has each file removed', async () => {
    for (const path of sealedFiles()) {
      const found = await trial(path, (file) => {
        rmSync(file)
      })
      expect(names(found), path).toEqual([path])
      expect(found.map(({ code }) => code)).toEqual(['FILE_MISSING'])
    }
  })

  it('has each two files of equal size changed for each other', async () => {
    const bySize = new Map<number, string[]>()
    for (const path of filled()) {
      const { size } = statSync(join(root, path))
      bySize.set(size, [...(bySize.get(size) ?? []), path])
    }
    const swap = (one: string, other: string): void => {
      renameSync(join(root, one), join(root, 'aside'))
      renameSync(join(root, other), join(root, one))
      renameSync(join(root, 'aside'), join(root, other))
    }
    for (const [one, other] of bySize.values()) {
      if (one === undefined || other === undefined) continue
      const isSame = readFileSync(join(root, one)).equals(readFileSync(join(root, other)))
      swap(one, other)
      const found = await problems()
      swap(one, other)
      if (isSame) continue
      expect([...names(found)].sort()).toEqual([one, other].sort())
      const inOneBackup = one.split('/')[0] === other.split('/')[0]
      if (inOneBackup)
        expect(found[0]?.message).toContain(`it holds the bytes of ${other.slice(FULL.length + 1)}`)
    }
  })

  it('has two files of different size changed for each other', async () => {
    const [one, other] = ['server.json', 'data/shop/t.ibd.meta']
    const [first, second] = [one, other].map((path) => join(chain.increment.directory, path))
    renameSync(first!, `${root}/aside`)
    renameSync(second!, first!)
    renameSync(`${root}/aside`, second!)
    const found = await problems()
    renameSync(first!, `${root}/aside`)
    renameSync(second!, first!)
    renameSync(`${root}/aside`, second!)
    expect(found.map(({ code, file }) => [code, file]).sort()).toEqual([
      ['SIZE', other],
      ['SIZE', one],
    ])
  })

  it.each(['stranger', 'data/stranger.ibd', 'data/mysql/t.MYD', 'data/shop/x.ibd.delta'])(
    'has a file %s too many',
    async (path) => {
      for (const id of [FULL, INCREMENT]) {
        const file = join(root, id, path)
        writeFileSync(file, '')
        const found = await problems()
        rmSync(file)
        expect(found).toEqual([
          expect.objectContaining({ backup: id, file: path, code: 'FILE_SURPLUS' }),
        ])
      }
    },
  )

  it('has directories too many and too few, and a link', async () => {
    mkdirSync(join(chain.full.data, 'other/deeper'), { recursive: true })
    rmSync(join(chain.full.data, 'mysql'), { recursive: true })
    symlinkSync('/dev/null', join(chain.full.data, 'shop/link'))
    const found = await problems()
    rmSync(join(chain.full.data, 'other'), { recursive: true })
    rmSync(join(chain.full.data, 'shop/link'))
    mkdirSync(join(chain.full.data, 'mysql'))
    expect(found.map(({ code, file }) => [code, file])).toEqual([
      ['NOT_A_FILE', 'data/shop/link'],
      ['DIRECTORY_MISSING', 'data/mysql'],
      ['DIRECTORY_SURPLUS', 'data/other'],
    ])
  })

  it('has a file whose place a directory takes, and a directory that is a link', async () => {
    const server = join(chain.full.directory, 'server.json')
    const shop = join(chain.increment.data, 'shop')
    renameSync(server, `${root}/server`)
    mkdirSync(server)
    renameSync(shop, `${root}/shop`)
    symlinkSync(`${root}/shop`, shop)
    const found = await problems()
    rmSync(server, { recursive: true })
    renameSync(`${root}/server`, server)
    rmSync(shop)
    renameSync(`${root}/shop`, shop)
    expect(found.map(({ backup, code, file }) => [backup, code, file])).toEqual([
      [FULL, 'NOT_A_FILE', 'server.json'],
      [INCREMENT, 'NOT_A_FILE', 'data/shop'],
    ])
  })

  it('has every single byte of a manifest changed', async () => {
    const path = join(INCREMENT, 'manifest.json')
    const { size } = statSync(join(root, path))
    // The whole file in steps, and its end byte by byte.
    const offsets = [...Array(40).keys()].map((step) => Math.floor((step * size) / 40))
    for (const offset of [...offsets, size - 3, size - 2, size - 1]) {
      const found = await trial(
        path,
        flip(() => offset),
      )
      expect(names(found), String(offset)).toEqual([path])
      expect(found[0]?.code).toBe('MANIFEST_DAMAGED')
    }
  })

  it('has a manifest that was edited, or only written again', async () => {
    const path = join(INCREMENT, 'manifest.json')
    const edited = await trial(path, (file, bytes) => {
      writeFileSync(file, bytes.toString().replace('"startLsn": "100"', '"startLsn": "101"'))
    })
    expect(edited).toEqual([
      expect.objectContaining({
        ...{ backup: INCREMENT, file: 'manifest.json', code: 'MANIFEST_DAMAGED' },
        expected: expect.stringMatching(/^[\da-f]{64}$/),
        actual: expect.stringMatching(/^[\da-f]{64}$/),
      }),
    ])
    const compact = await trial(path, (file, bytes) => {
      writeFileSync(file, JSON.stringify(JSON.parse(bytes.toString())))
    })
    expect(compact).toEqual([
      expect.objectContaining({ file: 'manifest.json', code: 'MANIFEST_DAMAGED', offset: 1 }),
    ])
  })

  it("says of an increment that it has lost its full, when the full's manifest is damaged", async () => {
    const found = await trial(
      join(FULL, 'manifest.json'),
      flip(() => 100),
    )
    expect(found.map(({ backup, code }) => [backup, code])).toEqual([
      [FULL, 'MANIFEST_DAMAGED'],
      [INCREMENT, 'BASE_MISSING'],
    ])
  })

  it('has a backup without its manifest', async () => {
    await problems()
    const found = await trial(join(INCREMENT, 'manifest.json'), (file) => {
      rmSync(file)
    })
    expect(found).toEqual([
      expect.objectContaining({
        ...{ backup: INCREMENT, file: 'manifest.json', code: 'MANIFEST_MISSING' },
      }),
    ])
  })

  it('does not look at run.json, and leaves alone what dead runs left of its own files', async () => {
    const leftover = `verified.json.${crypto.randomUUID()}.tmp`
    const found = await trial(join(FULL, 'run.json'), (file) => {
      writeFileSync(file, 'anything')
      linkSync(file, join(chain.full.directory, leftover))
    })
    rmSync(join(chain.full.directory, leftover))
    expect(found).toEqual([])
  })
})
