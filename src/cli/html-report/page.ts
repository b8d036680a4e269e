// The report as one page that needs nothing else: no network, no script, no other file.

import type { RepositoryObservation } from '../observe-repository.ts'
import { formatBytes } from '../output/bytes.ts'
import { html, type Html } from './html.ts'
import { instant } from './instant.ts'
import type { ReportProblem } from './report-problem.ts'
import { type ServerName, serverSection } from './server-section.ts'
import { reportStyle } from './style.ts'

export interface ReportFacts {
  readonly observation: RepositoryObservation
  /** Worst first. */
  readonly problems: readonly ReportProblem[]
  /** By `server_uuid`. */
  readonly names: ReadonlyMap<string, ServerName>
  readonly version: string
}

/** Nothing may be fetched or run, whatever a label holds. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** The page as text. */
export const reportPage = (facts: ReportFacts): string => {
  const { observation } = facts
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="robots" content="noindex" />
        <meta name="generator" content="clonectl ${facts.version}" />
        <title>Backups in ${observation.root}</title>
        <style>
          ${{ html: reportStyle }}
        </style>
      </head>
      <body>
        ${header(facts)}
        <main>${servers(facts)}</main>
        ${footer(facts)}
      </body>
    </html>`
  return `${page.html.replaceAll(/\s*\n\s*/g, '\n')}\n`
}

const keyOf = (index: number): string => `server-${index + 1}`

const servers = ({ observation, names }: ReportFacts): readonly Html[] =>
  observation.servers.map((server, index) =>
    serverSection({ server, name: names.get(server.serverUuid), key: keyOf(index) }, observation),
  )

const header = (facts: ReportFacts): Html => {
  const { observation, problems } = facts
  return html`<header>
    <h1>Backups in ${observation.root}</h1>
    <p class="sub">As of ${instant(observation.at)}. Every time on this page is UTC.</p>
    ${status(problems)} ${problems.length === 0 ? undefined : problemList(problems)}
    ${contents(facts)}
  </header>`
}

const status = (problems: readonly ReportProblem[]): Html => {
  const critical = problems.filter(({ severity }) => severity === 'critical').length
  const level = critical > 0 ? 'bad' : problems.length > 0 ? 'warn' : 'good'
  const words = {
    bad: critical === 1 ? 'One problem needs you' : `${critical} problems need you`,
    warn: problems.length === 1 ? 'One thing to look at' : `${problems.length} things to look at`,
    good: 'All is well',
  }
  return html`<p class="status ${level}" role="status">
    ${SIGNS[level]}<span>${words[level]}</span>
  </p>`
}

const SIGNS = {
  good: html`<svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">
    <path
      d="M4 12.5l5.5 5.5L20 7"
      fill="none"
      stroke="currentColor"
      stroke-width="2.5"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>`,
  warn: html`<svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">
    <path
      d="M12 4v10M12 19v.5"
      fill="none"
      stroke="currentColor"
      stroke-width="3"
      stroke-linecap="round"
    />
  </svg>`,
  bad: html`<svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true">
    <path
      d="M6 6l12 12M18 6L6 18"
      fill="none"
      stroke="currentColor"
      stroke-width="2.5"
      stroke-linecap="round"
    />
  </svg>`,
}

const problemList = (problems: readonly ReportProblem[]): Html =>
  html`<ul class="problems" aria-label="Problems, worst first">
    ${problems.map(
      ({ severity, backup, message, hint }) =>
        html`<li class="${severity}">
          <b>${severity === 'critical' ? 'Critical' : 'Warning'}:</b>
          ${backup === undefined ? undefined : html`<span class="id">${backup}</span> `}${message}
          <span class="second">${hint}</span>
        </li>`,
    )}
  </ul>`

/** Only where there is something to choose from. */
const contents = ({ observation, names }: ReportFacts): Html | undefined =>
  observation.servers.length < 2
    ? undefined
    : html`<nav aria-label="Servers">
        <ul>
          ${observation.servers.map(
            ({ serverUuid, engine }, index) =>
              html`<li>
                <a href="#${keyOf(index)}">${names.get(serverUuid)?.hostname || serverUuid}</a>
                <span class="quiet">${engine}</span>
              </li>`,
          )}
        </ul>
      </nav>`

const footer = ({ observation, version }: ReportFacts): Html => {
  const { freeBytes, lockOwner } = observation
  const atWork =
    lockOwner === undefined
      ? undefined
      : html` At work since ${instant(new Date(lockOwner.since))}:
          <span class="id">${lockOwner.command}</span>.`
  return html`<footer>
    <p>${formatBytes(freeBytes)} free in the repository's file system.${atWork}</p>
    <p>
      Without binlogs only the ends of backups can be restored; with binlogs every instant after the
      first of them. Made by clonectl ${version}.
    </p>
  </footer>`
}
