import { capabilities } from './expected.ts'
import { openPart } from './matrix.ts'
import { overBridge } from './proxy-bridge.ts'
import { named, scripts } from './scripts.ts'
import { overHttp } from './serving.ts'
import { takeTour } from './tour.ts'
import { officialV1 } from './visitors/official-v1.ts'
import { officialV2 } from './visitors/official-v2.ts'

const column = openPart(
  12,
  `\`parley run URL\`: ${named('sdk')} and ${named('client')} over stdio, what they cannot reach over HTTP`,
  'The tour through the bridge. Each column names the client, and what is behind: “modern” is an official server that serves the ' +
    'modern era alone, “legacy” the SDK of the legacy era with its sessions, “ours” a server written with Parley.',
)

const behinds = [
  ['modern', { serve: overBridge(overHttp(scripts.officialHttp, 'modern')) }],
  // It has the newer code for a resource that is not there in the legacy era, too.
  ['legacy', { serve: overBridge(overHttp(scripts.officialV1)), unknownTool: 'result', missing: -32602 }],
  ['ours', { serve: overBridge(overHttp(scripts.parleyHttp)) }],
] as const

const { completions: _, ...first } = capabilities
const visitors = [
  ['sdk', { bring: officialV1, version: '2025-11-25', era: 'legacy', missing: -32002, capabilities }],
  ['client', { bring: officialV2('auto'), version: '2026-07-28', era: 'modern', missing: -32602, capabilities }],
  [
    'client 2024-11-05',
    {
      bring: officialV2('legacy', '2024-11-05'),
      version: '2024-11-05',
      era: 'legacy',
      missing: -32602,
      capabilities: first,
    },
  ],
] as const

for (const [behind, server] of behinds) {
  for (const [name, visitor] of visitors) {
    column(`${name}, ${behind}`, (cell) => takeTour(cell, { strict: true, ...visitor, ...server }))
  }
}
