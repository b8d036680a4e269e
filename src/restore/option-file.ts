// The option file of a private mysqld, from the templates in my.cnf.templates and the server.json
// of the backup.

import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { ClonectlError } from '../errors.ts'

const TEMPLATES = new URL('../../my.cnf.templates/', import.meta.url)

/** Values by placeholder. */
export type TemplateValues = Readonly<Record<string, string>>

/** Text of a template with every placeholder filled in. Throws a plain Error for an unknown one: a bug. */
export const renderTemplate = async (name: string, values: TemplateValues): Promise<string> => {
  const template = await readFile(new URL(name, TEMPLATES), 'utf8')
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, placeholder: string) => {
    const value = values[placeholder]
    if (value === undefined) throw new Error(`${name} has no value for {{${placeholder}}}`)
    return value
  })
}

/** Variables without which mysqld would misread the files; a guess would be worse than a refusal. */
const REQUIRED = ['lower_case_table_names', 'innodb_page_size', 'innodb_data_file_path'] as const

/** Values that the templates take from the donor. Throws INTEGRITY when server.json lacks one. */
export const donorValues = (variables: Readonly<Record<string, string>>): TemplateValues => {
  const missing = REQUIRED.filter((name) => variables[name] === undefined)
  if (missing.length > 0) {
    throw new ClonectlError('INTEGRITY', `server.json does not say ${missing.join(', ')}`, {
      hint: 'restore without --start and --to-time, and start mysqld by hand with the right values',
    })
  }
  return {
    gtid_mode: 'OFF',
    enforce_gtid_consistency: 'OFF',
    ...variables,
    innodb_data_file_path: fileNamesOnly(variables['innodb_data_file_path'] ?? ''),
  }
}

/**
 * `/x/ibdata1:12M;/y/ibdata2:50M:autoextend` without the directories: CLONE puts these files at the
 * top, and mysqld would open the donor's own where a directory is named.
 */
const fileNamesOnly = (dataFilePath: string): string =>
  dataFilePath
    .split(';')
    .map((file) => {
      const [path = '', ...sizes] = file.split(':')
      return [basename(path), ...sizes].join(':')
    })
    .join(';')
