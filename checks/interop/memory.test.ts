import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { openPart } from './matrix.ts'
import { meetEveryWay } from './npm-server.ts'
import { named, serverOf } from './scripts.ts'
import { overStdio } from './serving.ts'

const column = openPart(
  3,
  `Our client, ${named('server-memory')}`,
  'It offers tools, and one resource that can be subscribed to.',
)

const directory = mkdtempSync(join(tmpdir(), 'parley-interop-'))
afterAll(() => rmSync(directory, { recursive: true }))

const server = {
  serve: overStdio(serverOf('server-memory')),
  env: { MEMORY_FILE_PATH: join(directory, 'memory.jsonl') },
  info: { name: 'memory-server', version: '0.6.3' },
  capabilities: { resources: { listChanged: true, subscribe: true }, tools: { listChanged: true } },
}

const uri = 'memory://knowledge-graph'
const ada = { name: 'Ada', entityType: 'person', observations: ['counts'] }
const engine = { name: 'Engine', entityType: 'machine', observations: [] }
const graph = {
  entities: [{ ...ada, observations: ['counts', 'writes'] }, engine],
  relations: [{ from: 'Ada', to: 'Engine', relationType: 'programs' }],
}

meetEveryWay(column, server, (cell, meet) => {
  cell('tools: structured result', async () => {
    const { client } = meet()
    // Each column begins with an empty graph: they share one file.
    await client.callTool('delete_entities', { entityNames: ['Ada', 'Engine'] })
    expect((await client.listTools()).map((tool) => tool.name)).toHaveLength(9)
    const { structured, isError } = await client.callTool('create_entities', { entities: [ada, engine] })
    expect({ structured, isError }).toEqual({ structured: { entities: [ada, engine] }, isError: false })
    const observations = [{ entityName: 'Ada', contents: ['writes'] }]
    const added = await client.callTool('add_observations', { observations })
    expect(added.structured).toEqual({ results: [{ entityName: 'Ada', addedObservations: ['writes'] }] })
    await client.callTool('create_relations', { relations: graph.relations })
    expect((await client.callTool('read_graph')).structured).toEqual(graph)
    const found = await client.callTool('search_nodes', { query: 'machine' })
    expect(found.structured).toMatchObject({ entities: [engine] })
  })
  cell('tools: failures', async () => {
    const observations = [{ entityName: 'Nobody', contents: ['hides'] }]
    const { content, isError } = await meet().client.callTool('add_observations', { observations })
    expect({ content, isError }).toEqual({
      content: [{ type: 'text', text: 'Entity with name Nobody not found' }],
      isError: true,
    })
  })
  cell('resources', async () => {
    const { client } = meet()
    expect((await client.listResources()).map((resource) => resource.uri)).toEqual([uri])
    const read = await client.readResource(uri)
    expect(read.contents).toMatchObject([{ uri, mimeType: 'application/json' }])
    expect(JSON.parse(read.text())).toEqual(graph)
  })
  cell('subscription to a resource', async () => {
    const { client } = meet()
    const subscription = await client.listen({ resourceSubscriptions: [uri] })
    expect(subscription.acknowledged).toEqual({ resourceSubscriptions: [uri] })
    const changes = subscription[Symbol.asyncIterator]()
    await client.callTool('delete_entities', { entityNames: ['Engine'] })
    expect(await changes.next()).toEqual({ done: false, value: { type: 'resourceUpdated', uri } })
    await subscription.close()
    expect(JSON.parse((await client.readResource(uri)).text())).toEqual({
      entities: [graph.entities[0]],
      relations: [],
    })
  })
})
