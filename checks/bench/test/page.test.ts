import { describe, expect, it } from 'vitest'
import type { Cell } from '../src/measure.ts'
import { betterPeers, page, targetTable } from '../src/page.ts'
import type { Results, Section } from '../src/report.ts'

const call = (samples: Readonly<Record<string, readonly number[]>>): Cell => ({
  id: 'stdio/call/2026-07-28/64/cpu',
  title: '64 in flight',
  unit: 'us',
  series: Object.entries(samples).map(([subject, own]) => ({ subject, samples: own })),
})

const section = (...cells: Cell[]): Section => ({ id: 'stdio', title: 'Calls', cells })

const results = (...sections: Section[]): Results => ({
  node: '20.1.0',
  machine: 'a machine',
  date: '2026-01-01',
  sections,
})

describe('the table of targets', () => {
  it('says of each verdict what was to be reached, what was found, and whether that is reached', () => {
    const measured = call({ floor: [10, 10], parley: [20, 12], 'official v2': [400, 200] })
    expect(targetTable(results(section(measured))).split('\n')).toEqual([
      '|                              |            to reach | found |       rounds |             |',
      '| ---------------------------- | ------------------: | ----: | -----------: | ----------: |',
      '| stdio call: 64 in flight, µs |       ≤ 1.5 × floor |  1.6× | 1.20 to 2.00 | **not yet** |',
      '| stdio call: 64 in flight, µs | ≤ 0.1 × official v2 | 0.06× | 0.05 to 0.06 |     reached |',
    ])
  })

  it('finds the base of a cell in another section', () => {
    const list = (tools: number, sample: number): Cell => ({
      id: `lists/2026-07-28/${tools}/call/cpu`,
      title: `${tools} tools`,
      unit: 'us',
      series: [{ subject: 'parley', samples: [sample] }],
    })
    const rows = targetTable(results(section(list(3, 10)), section(list(1000, 11)))).split('\n')
    expect(rows.slice(2)).toEqual([
      '| Many tools, to 3 of them: 1000 tools, µs | ≤ 1.15 × |  1.1× | 1.10 to 1.10 | reached |',
    ])
  })

  it('says so when there is nothing to judge', () => {
    expect(targetTable(results())).toBe('Nothing that has a target was measured.')
    expect(targetTable(results(section(call({ floor: [1] }))))).toBe('Nothing that has a target was measured.')
  })
})

describe('where a peer is better', () => {
  it('names each that is, with both figures', () => {
    const measured = call({ parley: [30, 20, 40], 'official v2': [20, 10, 20], tmcp: [10, 10, 10] })
    expect(betterPeers(results(section(measured)))).toBe(
      '- Calls: 64 in flight: official v2; ours is 2.0× (30.0 against 20.0).\n' +
        '- Calls: 64 in flight: tmcp; ours is 3.0× (30.0 against 10.0).',
    )
  })

  it('counts the bare platform, but not the floor and not ours in another form', () => {
    const measured = call({ parley: [3], floor: [1], 'parley bundled': [1], 'parley, zod': [1], 'bare fetch': [2] })
    expect(betterPeers(results(section(measured)))).toBe(
      '- Calls: 64 in flight: bare fetch; ours is 1.5× (3.00 against 2.00).',
    )
  })

  it('names nobody who is just as good, worse, or cannot be compared', () => {
    const measured = call({ parley: [3], 'official v2': [3], 'official v1': [4], tmcp: [], 'bare fetch': [0] })
    expect(betterPeers(results(section(measured), section(call({ tmcp: [1] }))))).toBe('Nowhere in this run.')
  })
})

describe('the page', () => {
  const short: Section = { ...section(call({ parley: [3] })), short: true }

  it('has every run in place of the mark, and the prose around it as it is', () => {
    const text = page('# Prose\n\n<!-- runs -->\n\nThe end\n', [results(section()), { ...results(), node: '24.0.0' }])
    expect(text.split('\n').filter((line) => /^#+ /.test(line))).toEqual([
      '# Prose',
      '## Node 20.1.0',
      '### Targets',
      '### Where a peer is better',
      '### Figures',
      '#### Calls',
      '## Node 24.0.0',
      '### Targets',
      '### Where a peer is better',
      '### Figures',
    ])
    expect(text).toMatch(/^# Prose\n\n## Node 20\.1\.0\n\na machine; 2026-01-01\.\n\n### Targets\n/)
    expect(text).toMatch(/\n\nThe end\n$/)
  })

  it('says of a section that it is a quick run’s', () => {
    expect(page('<!-- runs -->', [results(short)])).toContain(
      '#### Calls (a short run)\n\n|                  | parley |',
    )
  })

  it('takes no part of what was measured for a pattern of the mark', () => {
    const odd: Section = { ...section(), title: "costs $& and $' and $1" }
    expect(page('<!-- runs -->', [results(odd)])).toContain("#### costs $& and $' and $1\n")
  })

  it('is the template where nothing was kept', () => {
    expect(page('before <!-- runs --> after', [])).toBe('before  after')
  })
})
