import type { Cell } from './measure.ts'
import { figure, sectionTable, seriesOf, table, times } from './report.ts'
import type { Results } from './report.ts'
import { median, ratio } from './stats.ts'
import { judge, targets, wording } from './targets.ts'

const cellsOf = ({ sections }: Results): Cell[] => sections.flatMap(({ cells }) => cells)

/** The table of targets: what each cell came to, how far its rounds lie apart, and whether that is reached. */
export const targetTable = (results: Results): string => {
  const cells = cellsOf(results)
  const rows = targets.flatMap((target) =>
    judge(target, cells).map(({ title, found, spread, reached }) => [
      title,
      wording(target),
      found,
      spread,
      reached ? 'reached' : '**not yet**',
    ]),
  )
  return rows.length === 0
    ? 'Nothing that has a target was measured.'
    : table(['', 'to reach', 'found', 'rounds', ''], rows)
}

/** Everything in which a peer, or the bare platform, does better than ours in the middle of the rounds. */
export const betterPeers = (results: Results): string => {
  const all = results.sections.flatMap(({ title, cells }) => cells.map((cell) => ({ section: title, cell })))
  const lines = all.flatMap(({ section, cell }) => {
    const ours = seriesOf(cell, 'parley')
    if (ours === undefined) return []
    return cell.series.flatMap((series) => {
      if (series.subject === 'floor' || series.subject.startsWith('parley')) return []
      const compared = ratio(ours, series)
      if (compared === undefined || compared.median <= 1) return []
      const figures = `${figure(median(ours.samples))} against ${figure(median(series.samples))}`
      return [`- ${section}: ${cell.title}: ${series.subject}; ours is ${times(compared)} (${figures}).`]
    })
  })
  return lines.length === 0 ? 'Nowhere in this run.' : lines.join('\n')
}

const runOf = (results: Results): string => {
  const tables = results.sections.map((section) => {
    const title = section.short === true ? `${section.title} (a short run)` : section.title
    return `#### ${title}\n\n${sectionTable(section)}`
  })
  return [
    `## Node ${results.node}`,
    `${results.machine}; ${results.date}.`,
    `### Targets\n\n${targetTable(results)}`,
    `### Where a peer is better\n\n${betterPeers(results)}`,
    `### Figures\n\nA figure is the median of all rounds; in brackets, its ratio to the floor.`,
    ...tables,
  ].join('\n\n')
}

/** The page of docs: the template's prose, with every run in place of its mark. */
export const page = (template: string, runs: readonly Results[]): string =>
  template.replace('<!-- runs -->', () => runs.map(runOf).join('\n\n'))
