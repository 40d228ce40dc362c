// What the suite's checks come to, held against the baseline, and how that is told.

const count = (checks, status) => checks.filter((check) => check.status === status).length

/** What is to be said of one scenario's run: its numbers, and what is wrong with it. */
export const judge = ({ side, version, mode, scenario, checks, trouble }) => {
  const all = checks ?? []
  const faults = all
    .filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
    .map(({ id, status, errorMessage, description }) => `${status} ${id}: ${errorMessage ?? description}`)
  const passed = count(all, 'SUCCESS')
  if (checks === undefined) faults.push(`It left no checks.json\n${trouble ?? ''}`)
  else if (passed === 0 && faults.length === 0) faults.push('Nothing was checked')
  if (checks !== undefined && trouble !== undefined) faults.push(`It came to no good end\n${trouble}`)
  const numbers = {
    passed,
    failed: count(all, 'FAILURE'),
    warned: count(all, 'WARNING'),
    skipped: count(all, 'SKIPPED'),
  }
  return { side, version, run: `${side} ${version} ${mode}`.trim(), scenario, faults, ...numbers }
}

/** Splits what was found by whether the baseline knows of it, and finds the entries that are no longer true. */
export const compare = (verdicts, baseline) => {
  const isKnown = ({ side, version, scenario }) => (baseline[side][version] ?? []).includes(scenario)
  const faulty = verdicts.filter(({ faults }) => faults.length > 0)
  const entries = Object.entries(baseline).flatMap(([side, byVersion]) =>
    Object.entries(byVersion).flatMap(([version, names]) => names.map((scenario) => ({ side, version, scenario }))),
  )
  const isTrue = (entry) =>
    faulty.some(
      ({ side, version, scenario }) => side === entry.side && version === entry.version && scenario === entry.scenario,
    )
  return {
    known: faulty.filter(isKnown),
    unknown: faulty.filter((one) => !isKnown(one)),
    stale: entries.filter((entry) => !isTrue(entry)),
  }
}

const sum = (verdicts, key) => verdicts.reduce((total, one) => total + one[key], 0)

const rowOf = (run, verdicts, known) => {
  const counted = verdicts.filter((one) => !known.includes(one))
  const clean = counted.filter(({ faults }) => faults.length === 0)
  return {
    run,
    scenarios: verdicts.length,
    clean: clean.length,
    'in baseline': verdicts.length - counted.length,
    'checks passed': sum(counted, 'passed'),
    failed: sum(counted, 'failed'),
    warnings: sum(counted, 'warned'),
    skipped: sum(counted, 'skipped'),
  }
}

const tableOf = (rows) => {
  const heads = Object.keys(rows[0])
  const widths = heads.map((head) => Math.max(head.length, ...rows.map((row) => String(row[head]).length)))
  const line = (cells) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : String(cell).padStart(widths[at]))).join('  ')
  return [line(heads), ...rows.map((row) => line(Object.values(row)))].join('\n')
}

/** Prints a line for each run, and all that is wrong. */
export const print = (verdicts, { known, unknown, stale }) => {
  const runs = [...new Set(verdicts.map(({ run }) => run))]
  console.log(
    tableOf(
      runs.map((run) =>
        rowOf(
          run,
          verdicts.filter((one) => one.run === run),
          known,
        ),
      ),
    ),
  )
  for (const { run, scenario, faults } of unknown) console.log(`\n${run}: ${scenario}\n  ${faults.join('\n  ')}`)
  for (const { side, version, scenario } of stale) {
    console.log(`\nThe baseline expects ${side} ${version} ${scenario} to fail, and it does not (or does not run)`)
  }
}
