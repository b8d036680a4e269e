// Reads one archived binlog to its end and compares it with its index entry: the bytes that are stored, what
// they hold, and what that tells.

import { createHash } from 'node:crypto'
import { readContent } from '../codec/read-content.ts'
import { ClonectlError } from '../errors.ts'
import { scanBinlog, scanBinlogBlocks } from '../mysql/binlog-file.ts'
import { digestFile, type FileDigest } from '../repository/file-digest.ts'
import type { ArchivedBinlog } from './archived-binlog.ts'
import { type BinlogFacts, binlogFactsSchema } from './binlog-facts.ts'
import { surveyBinlog } from './survey-binlog.ts'
import type { BinlogProblem } from './verify-problem.ts'

type Found = Pick<BinlogProblem, 'code' | 'message' | 'expected' | 'actual'>

/** Everything that is wrong with it; the first thing alone where the rest follows from it. Throws what the system throws. */
export const verifyBinlog = async (
  path: string,
  entry: ArchivedBinlog,
  signal: AbortSignal,
): Promise<readonly Found[]> => {
  const { stored } = entry
  const digest = await digestFile(path)
  if (digest.sha256 !== stored.sha256)
    return [mismatch('SHA256', 'has SHA-256', digest.sha256, stored.sha256)]
  try {
    const { content, facts } =
      stored.compression === 'zstd'
        ? await readCompressed(path, entry, signal)
        : { content: digest, facts: await surveyPlain(path, entry) }
    const wrong = contentProblems(content, entry)
    return wrong.length > 0 ? wrong : factProblems(facts, entry)
  } catch (error) {
    if (!(error instanceof ClonectlError) || error.code !== 'INTEGRITY') throw error
    return [{ code: 'NOT_A_BINLOG', message: error.message, expected: null, actual: null }]
  }
}

const mismatch = (
  code: Found['code'],
  what: string,
  actual: string | number,
  expected: string | number,
): Found => ({ code, message: `${what} ${actual}, expected ${expected}`, expected, actual })

const surveyPlain = (
  path: string,
  { name, sizeBytes, cut }: ArchivedBinlog,
): Promise<BinlogFacts> =>
  surveyBinlog(scanBinlog(path, { verifyChecksums: true, open: cut === true }), {
    name,
    sizeBytes,
  })

/** Hashed and looked through in one pass: decoding is what takes the time. */
const readCompressed = async (
  path: string,
  { name, sizeBytes, cut }: ArchivedBinlog,
  signal: AbortSignal,
): Promise<{ readonly content: FileDigest; readonly facts: BinlogFacts }> => {
  const hash = createHash('sha256')
  let bytes = 0
  const blocks = async function* (): AsyncGenerator<Buffer> {
    for await (const block of readContent({ source: path, codec: 'zstd', signal })) {
      hash.update(block)
      bytes += block.length
      yield block
    }
  }
  const events = scanBinlogBlocks(blocks(), {
    name: path,
    verifyChecksums: true,
    open: cut === true,
  })
  const facts = await surveyBinlog(events, { name, sizeBytes })
  return { content: { sizeBytes: bytes, sha256: hash.digest('hex') }, facts }
}

const contentProblems = (content: FileDigest, entry: ArchivedBinlog): readonly Found[] => {
  if (content.sizeBytes !== entry.sizeBytes)
    return [
      mismatch('CONTENT_SIZE', 'holds a binlog of bytes:', content.sizeBytes, entry.sizeBytes),
    ]
  if (content.sha256 === entry.sha256) return []
  const what = 'holds a binlog with SHA-256'
  return [mismatch('CONTENT_SHA256', what, content.sha256, entry.sha256)]
}

/** Each fact that the entry tells otherwise. Names and sizes were compared before. */
const factProblems = (facts: BinlogFacts, entry: ArchivedBinlog): readonly Found[] => {
  const told: Partial<Record<string, unknown>> = entry
  const names = Object.keys(binlogFactsSchema.shape).filter((name) => name !== 'cut')
  const found: Partial<Record<string, unknown>> = facts
  return names
    .filter((name) => JSON.stringify(found[name]) !== JSON.stringify(told[name]))
    .map((name) => mismatch('FACTS', `holds ${name}`, shown(found[name]), shown(told[name])))
}

const shown = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)
