// Which files of a backup are read this time, and how.

import type { Verified } from './verified-file.ts'
import { chooseSample } from './choose-sample.ts'
import type { FindOwner } from './judge-file.ts'
import type { Manifest, StoredFile } from './manifest.ts'
import type { DeltaForm, VerifyJob } from './verify-file.ts'
import type { BackupScene } from './verify-scene.ts'
import { deltasOf, isText, jobFor, type Subject, subjectOf } from './verify-subjects.ts'
import { type VerifiedTexts, verifyTexts } from './verify-texts.ts'

/** A file for a worker thread. */
export interface Reading extends Subject {
  readonly job: VerifyJob
}

export interface ReadingPlan {
  /** Every file of the manifest. */
  readonly subjects: readonly Subject[]
  /** Files of text, which are read already. */
  readonly textFiles: readonly StoredFile[]
  readonly texts: VerifiedTexts
  readonly readings: readonly Reading[]
  readonly ownerOf: FindOwner
  /** How any file would be read. */
  readonly jobFor: (subject: Subject) => VerifyJob
}

const DEFAULT_PAGE_BYTES = 16_384

/** Reads the files of text and plans the rest. `present` are those that are worth reading. */
export const planReadings = async (
  scene: BackupScene,
  present: readonly StoredFile[],
  verified: Verified,
): Promise<ReadingPlan> => {
  const { paths, manifest, deep, key, samplePercent: percent } = scene
  const ownerOf = ownerFinder(manifest)
  const there = present.map((entry) => subjectOf(manifest, entry))
  const textSubjects = there.filter(isText)
  const texts = await verifyTexts({ paths, manifest, texts: textSubjects, ownerOf })
  const pageBytes = Number(texts.server?.variables['innodb_page_size'] ?? DEFAULT_PAGE_BYTES)
  const rules = { paths, deep, pageBytes, deltaForms: deltaFormsOf(manifest, texts), key }
  const bulk = there.filter((subject) => !isText(subject))
  const files = bulk.map(({ entry }) => entry)
  const chosen = new Set(chooseSample({ files, percent, deep, verified }))
  return {
    subjects: manifest.files.map((entry) => subjectOf(manifest, entry)),
    textFiles: textSubjects.map(({ entry }) => entry),
    texts,
    readings: bulk
      .filter(({ entry }) => chosen.has(entry))
      .map((subject) => ({ ...subject, job: jobFor(subject, rules) })),
    ownerOf,
    jobFor: (subject) => jobFor(subject, rules),
  }
}

const ownerFinder = ({ files }: Manifest): FindOwner => {
  let owners: ReadonlyMap<string, string> | undefined
  return (sha256) => {
    owners ??= new Map(files.map((file) => [file.sha256, file.path]))
    return owners.get(sha256)
  }
}

/** The manifest says what pages must be, so that a damaged .meta is not also a damaged delta. */
const deltaFormsOf = (
  manifest: Manifest,
  { metas }: VerifiedTexts,
): ReadonlyMap<string, DeltaForm> => {
  const forms = new Map<string, DeltaForm>()
  for (const [path, { spaceId, pageBytes }] of deltasOf(manifest)) {
    const zip = (metas.get(path)?.zipSize ?? 0) > 0
    forms.set(path, { spaceId, pageSize: pageBytes, zip })
  }
  return forms
}
