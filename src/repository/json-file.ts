// Reads the repository's JSON files. Every one is checked against its schema before anything
// believes it, and a file of a newer format is refused rather than half understood.

import { readFile } from 'node:fs/promises'
import type { z } from 'zod'
import { ClonectlError, hasSystemCode } from '../errors.ts'
import { fromSystemError } from '../system/system-error.ts'
import { REPOSITORY_FORMAT } from './layout.ts'

/** Parses text as JSON of at most this version's format. Throws REPOSITORY_UNREADABLE or REPOSITORY_NEWER. */
export const parseJson = (text: string, path: string): unknown => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw unreadable(path, 'it is not JSON', cause)
  }
  const format = typeof value === 'object' && value !== null && 'format' in value && value.format
  if (typeof format === 'number' && format > REPOSITORY_FORMAT) {
    throw new ClonectlError(
      'REPOSITORY_NEWER',
      `${path} has format ${format}; this clonectl reads up to ${REPOSITORY_FORMAT}`,
      { hint: 'use the clonectl that wrote it, or a newer one', details: { path, format } },
    )
  }
  return value
}

/** Checks a value against its schema. Throws REPOSITORY_UNREADABLE naming the fields that are wrong. */
export const checkSchema = <T>(schema: z.ZodType<T>, value: unknown, path: string): T => {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || '(top)'}: ${issue.message}`)
  throw unreadable(path, fields.join('; '), parsed.error)
}

/** Text of a file; undefined when there is none. Throws PATH_FORBIDDEN or REPOSITORY_UNREADABLE. */
export const readText = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return undefined
    throw fromSystemError(error) ?? unreadable(path, String(error), error)
  }
}

/** Reads and checks one file; undefined when there is none. */
export const readJsonFile = async <T>(
  schema: z.ZodType<T>,
  path: string,
): Promise<T | undefined> => {
  const text = await readText(path)
  return text === undefined ? undefined : checkSchema(schema, parseJson(text, path), path)
}

const unreadable = (path: string, why: string, cause: unknown): ClonectlError =>
  new ClonectlError('REPOSITORY_UNREADABLE', `cannot understand ${path}: ${why}`, {
    hint: 'restore the file from a copy of the repository; clonectl does not guess',
    details: { path },
    cause,
  })
