// The rules of the house that no linter has. Each failure lists what breaks the rule, not only how many.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { errorTable } from '../src/errors.ts'

interface SourceFile {
  /** Relative to the project, such as src/chain/lsn.ts. */
  readonly path: string
  readonly text: string
}

const root = join(import.meta.dirname, '..')

const filesUnder = (folder: string): readonly SourceFile[] =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }))
    : []

const sources = filesUnder('src').filter(({ path }) => path.endsWith('.ts'))

/** Paths of the files that break a rule; the rule holds when there are none. */
const breaking = (
  files: readonly SourceFile[],
  breaks: (file: SourceFile) => boolean,
): readonly string[] => files.filter(breaks).map(({ path }) => path)

describe('every file of src', () => {
  it('is imported by another file, or is an entry point', () => {
    const imported = new Set(
      sources.flatMap(({ path, text }) =>
        [...text.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'(\.[^']+)'/g)]
          .map(([, specifier = '']) => join(path, '..', specifier))
          .filter((target) => target !== path),
      ),
    )
    // The silent reporter is for whoever calls a use case without a command line.
    const entries = ['src/cli/main.ts', 'src/report/silent-reporter.ts']
    const isEntry = (path: string) => entries.includes(path) || path.endsWith('-worker.ts')
    expect(breaking(sources, ({ path }) => !isEntry(path) && !imported.has(path))).toEqual([])
  })

  it('has a kebab-case name that says what is in it', () => {
    const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.ts)?$/
    const empty = /^(?:utils?|helpers?|common|types|misc)(?:\.ts)?$/
    const names = (path: string) => path.split('/').slice(1)
    expect(
      breaking(sources, ({ path }) =>
        names(path).some((name) => !kebab.test(name) || empty.test(name)),
      ),
    ).toEqual([])
  })

  it('opens with a comment on its duty', () => {
    expect(breaking(sources, ({ text }) => !/^\/[/*]/.test(text))).toEqual([])
  })

  it('has at most 300 lines', () => {
    expect(breaking(sources, ({ text }) => text.trimEnd().split('\n').length > 300)).toEqual([])
  })

  it('keeps import() and await using apart', () => {
    // In a function with `await using`, tsc 6.0 leaves the .ts of an import() as it is, and the
    // built program would look for a file that does not exist. A file apart is easy to check.
    const both = ({ text }: SourceFile) => /\bawait using\b/.test(text) && /\bimport\('/.test(text)
    const code = (file: SourceFile) => ({
      ...file,
      text: file.text.replaceAll(/^\s*(?:\/\/|\*).*$/gm, ''),
    })
    expect(breaking(sources.map(code), both)).toEqual([])
  })

  it('leaves nothing for later and silences no compiler error', () => {
    const postponed = /\bTODO\b|\bFIXME\b|@ts-(?:ignore|nocheck)/
    expect(breaking(sources, ({ text }) => postponed.test(text))).toEqual([])
  })
})

describe('the project', () => {
  it("names no path of somebody's machine", () => {
    // Only where a path begins: stage/work/ and ${dir}/work/ are nobody's home.
    const machine = /(?<![\w.}/-])\/(?:work|root|home\/[\w.-]+)\//
    const code = [...sources, ...['test', 'bench', 'bin', 'my.cnf.templates'].flatMap(filesUnder)]
    expect(breaking(code, ({ text }) => machine.test(text))).toEqual([])
  })

  it('has a unit test beside every file that decides or reads bytes', () => {
    // A file of types alone has nothing that runs.
    const pure = sources.filter(
      ({ path, text }) =>
        /^src\/(?:chain|innodb)\//.test(path) && /^export (?!type|interface)/m.test(text),
    )
    const testOf = (path: string) =>
      join(root, path.replace(/^src(.*)\.ts$/, 'test/unit$1.test.ts'))
    expect(breaking(pure, ({ path }) => !existsSync(testOf(path)))).toEqual([])
  })

  it.each(Object.entries(errorTable))('documents the error code %s', (code, { exitCode }) => {
    const page = readFileSync(join(root, 'docs/exit-codes.md'), 'utf8')
    expect(page).toMatch(new RegExp(`^### ${code}$`, 'm'))
    expect(page).toMatch(new RegExp(String.raw`^\|[^|]*\b${code}\b[^|]*\|\s*${exitCode}\s*\|`, 'm'))
  })
})
