/**
 * Rules broken on purpose: in `file`, the text `find`, which stands there once, becomes `replace`. At least one test
 * that names the `id` at the head of its title must then fail.
 *
 * @typedef {{ id: string, file: string, find: string, replace: string }} Mutant
 */

/** @type {(file: string, ...mutants: [id: string, find: string, replace: string][]) => Mutant[]} */
const inFile = (file, ...mutants) => mutants.map(([id, find, replace]) => ({ id, file, find, replace }))

/** @type {readonly Mutant[]} */
export const mutants = [
  ...inFile(
    'packages/core/src/names.ts',
    ['B17', "id.includes('/') ? metaKeyFault(id)", 'true ? metaKeyFault(id)'],
    ['B16', "!prefix.split('.').every(isLabel)", 'false'],
  ),
  ...inFile(
    'packages/core/src/seal.ts',
    ['M5', "throw new RangeError('bound to something else')", 'void 0'],
    ['M5', "throw new RangeError('expired')", 'void 0'],
    ['M4', 'throw refusal(label)', 'return decodeUtf8(fromBase64Url(token.split(".").at(-1) ?? ""))'],
  ),
  ...inFile('packages/core/src/sampling-rules.ts', [
    'Q2',
    'const unanswered = open.find((id) => !results.includes(id))',
    'const unanswered = undefined',
  ]),
  ...inFile('packages/core/src/elicitation-form.ts', [
    'I10',
    "if (required.has(name)) issues.push({ path: name, message: 'is required' })",
    '',
  ]),

  ...inFile(
    'packages/protocol/src/message.ts',
    [
      'B1',
      "typeof value === 'string' || Number.isSafeInteger(value)",
      "typeof value === 'string' || value === null || Number.isSafeInteger(value)",
    ],
    ['B1', "(typeof id === 'number' ? String(id) : JSON.stringify(id))", '(JSON.stringify(String(id)))'],
    ['B3', '(result === undefined) === (error === undefined)', 'false'],
  ),
  ...inFile(
    'packages/protocol/src/capabilities.ts',
    ['B13', 'return missing === undefined ? undefined : missingCapability(missing)', 'return undefined'],
    ['Q1', '(tools !== undefined || toolChoice !== undefined) && sampling.tools === undefined', 'false'],
    [
      'I1',
      'elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined)',
      'elicitation?.form !== undefined',
    ],
    ['R6', 'return !subscribes || capabilities.resources?.subscribe === true', 'return true'],
    ['B14', 'if (!isObject(capabilities[capability])) return false', ''],
  ),
  ...inFile(
    'packages/protocol/src/answering.ts',
    ['B3', 'if (message.response) this.#asking.settle(message)', 'if (false) this.#asking.settle(message)'],
    ['B4', "if (message.kind === 'request' && message.method === 'initialize') {", 'if (false) {'],
    ['B12', 'namedVersion(request.params) === undefined ? this.#session : undefined', 'this.#session'],
    ['C2', 'const answered = !serving.over && response !== undefined', 'const answered = response !== undefined'],
    [
      'C4',
      "answered && response.kind === 'result' && isLongLived(request.method)",
      'answered && isLongLived(request.method)',
    ],
    ['U5', "if (ended) this.#asking.tellCancelled(request.id, 'The subscription has ended', arrival.lane)", ''],
    ['T4', 'if (subscription !== undefined && this.#asking.notification(subscription, notification)) return', ''],
  ),
  ...inFile(
    'packages/protocol/src/pending.ts',
    ['B2', 'const id = this.#nextId++', 'const id = this.#entries.size + 1'],
    [
      'C1',
      "if (entry.method !== 'initialize') this.#side.tellCancelled(id, text, entry.lane)",
      'this.#side.tellCancelled(id, text, entry.lane)',
    ],
    ['C3', "if (entry.method !== 'initialize') this.#side.tellCancelled(id, text, entry.lane)", ''],
    ['L7', 'this.#renew(entry)\n    this.#hand(entry.options.onProgress', 'this.#hand(entry.options.onProgress'],
    ['L7', 'const end = now + maxTimeout', 'const end = Infinity'],
    [
      'C5',
      "({\n  ...params,\n  _meta: { ...(params['_meta'] as JsonObject | undefined), progressToken: id },",
      "({\n  ...params,\n  _meta: { ...(params['_meta'] as JsonObject | undefined), progressToken: 1 },",
    ],
  ),
  ...inFile(
    'packages/protocol/src/serving.ts',
    ['Q6', 'this.#questions?.abort(reason)', ''],
    ['B12', 'if (this.session === undefined) return undefined', ''],
  ),
  ...inFile('packages/protocol/src/batch.ts', ['B5', 'if (!takesBatches(version)) return', 'if (false) return']),
  ...inFile(
    'packages/protocol/src/ledger.ts',
    ['M8', 'if (found === undefined || !(await answerFits(question, found)))', 'if (found === undefined)'],
    ['M3', 'if (refusal !== undefined) return Promise.reject(refusal)', ''],
  ),
  ...inFile('packages/protocol/src/revisions/server.ts', [
    'V5',
    'if (session === undefined || namedVersion(request.params) !== undefined) return modernServer',
    'if (session === undefined) return modernServer',
  ]),
  ...inFile(
    'packages/protocol/src/revisions/2026-07-28/envelope.ts',
    [
      'B9',
      'const capabilities = meta[metaKeys.clientCapabilities]',
      'const capabilities = meta[metaKeys.clientCapabilities] ?? {}',
    ],
    ['V1', "if (typeof requested === 'string') throw unsupportedVersion({ requested, supported: modernVersions })", ''],
  ),
  ...inFile(
    'packages/protocol/src/revisions/2026-07-28/server.ts',
    ['B6', "    resultType: 'complete',\n", ''],
    ['B10', '_meta: { [metaKeys.serverInfo]: self.info, ...metaOf(result) },', '_meta: metaOf(result),'],
    ['A1', "written['ttlMs'] ??= 0", ''],
    ['B15', 'if (written.code === -32002) return { ...written, code: -32602 }', ''],
    ['B14', 'if ((isStandard(method) && !has(method)) || !self.answers(method)) throw methodNotFound(method)', ''],
  ),
  ...inFile(
    'packages/protocol/src/revisions/2026-07-28/rounds.ts',
    ['M1', 'if (!mayAskForInput(call.method)) throw internalError(', 'if (false) throw internalError('],
    ['M5', 'principal: principalKey(exchange.origin.principal),', ''],
    [
      'M8',
      "if (!isObject(value)) throw invalidParams('inputResponses must be an object')",
      'if (!isObject(value)) return undefined',
    ],
    ['M10', 'memory.round > self.maxRounds', 'memory.round > self.maxRounds + 1'],
  ),
  ...inFile(
    'packages/protocol/src/revisions/2026-07-28/client.ts',
    ['B7', "if (resultType !== 'complete') throw", 'if (false) throw'],
    ['B8', '[metaKeys.clientCapabilities]: self.capabilities,', ''],
    ['M2', 'if (Object.keys(requests).length === 0) throw', 'if (false) throw'],
  ),
  ...inFile(
    'packages/protocol/src/revisions/2025-11-25/handshake.ts',
    ['L2', 'legacyVersions.find((version) => version === requested) ?? ', ''],
    ['P5', "return this.#state.logLevel ?? 'info'", "return 'info'"],
  ),
  ...inFile('packages/protocol/src/revisions/2025-11-25/server.ts', [
    'R2',
    'return { ...written, code: -32002 }',
    'return { ...written, code: -32602 }',
  ]),

  ...inFile(
    'packages/server/src/features/listening.ts',
    ['U1', 'if (!this.#wants(change)) return', ''],
    ['U3', 'if (failure === undefined) resolve({ _meta: this.#mark })', 'if (failure === undefined) resolve({})'],
  ),
  ...inFile(
    'packages/server/src/features/subscriptions.ts',
    ['U2', 'new Listening(exchange, filter)', 'new Listening(exchange, asked)'],
    ['U4', 'for (const listening of this.#listenings) listening.end()', ''],
    [
      'U8',
      "if ('updated' in change) return session.state.subscriptions.includes(change.updated)",
      "if ('updated' in change) return true",
    ],
    [
      'R6',
      'if (asked.resourceSubscriptions !== undefined && resources?.subscribe === true) {',
      'if (asked.resourceSubscriptions !== undefined) {',
    ],
  ),
  ...inFile('packages/server/src/features/lifecycle.ts', [
    'V3',
    'supportedVersions: modernVersions,',
    'supportedVersions: [],',
  ]),
  ...inFile(
    'packages/server/src/features/tools.ts',
    ['O6', 'if (!checked.ok) return failed(', 'if (!checked.ok) throw invalidParams('],
    ['O4', "if (json['type'] !== 'object') {", 'if (false) {'],
  ),
  ...inFile('packages/server/src/registry.ts', [
    'O3',
    "if (onDuplicate === 'throw') throw new TypeError(",
    'if (false) throw new TypeError(',
  ]),
  ...inFile(
    'packages/server/src/pages.ts',
    ['A8', 'if (of !== list || Number(order) >= issued) throw', 'if (false) throw'],
    ['A5', "restricted ? { ...hints, cacheScope: 'private' } : hints", 'hints'],
  ),
  ...inFile('packages/server/src/features/completions.ts', [
    'P4',
    'if (!completable.has(name)) throw',
    'if (false) throw',
  ]),
  ...inFile('packages/server/src/features/prompts.ts', [
    'P1',
    'if (!checked.ok) throw invalidParams(`Invalid',
    'if (false) throw invalidParams(`Invalid',
  ]),
  ...inFile('packages/server/src/features/resources.ts', [
    'R2',
    'if (found === undefined) throw resourceNotFound(uri)',
    'if (found === undefined) return { contents: [] }',
  ]),
  ...inFile('packages/server/src/log.ts', [
    'P6',
    'loggingLevels.indexOf(level) < loggingLevels.indexOf(threshold)',
    'false',
  ]),
  ...inFile('packages/server/src/progress.ts', ['C5', '!(progress > reached.progress)', 'false']),

  ...inFile(
    'packages/client/src/connect.ts',
    ['L1', "if (client.era === 'legacy') await client.notify('notifications/initialized')", ''],
    ['L4', "request.method === 'ping'", 'true'],
  ),
  ...inFile(
    'packages/client/src/negotiate.ts',
    ['L3', "if (settled === undefined || reply.kind !== 'complete') {", "if (reply.kind !== 'complete') {"],
    [
      'V9',
      "return error.code === -32022 || error.code === -32021 ? 'modern' : 'legacy'",
      "return error.code === -32601 ? 'legacy' : 'modern'",
    ],
    [
      'V8',
      'if (revision === undefined) return await this.initialize()',
      'if (revision !== undefined) return await this.initialize()',
    ],
    [
      'V2',
      "const legacy = this.#mutual(supported, 'legacy')",
      "const legacy = this.#mutual([...supported, this.#legacy?.version], 'legacy')",
    ],
  ),
  ...inFile(
    'packages/client/src/rounds.ts',
    ['M6', '  state: reply.state,\n', ''],
    ['M10', 'if (rounds > road.maxRounds)', 'if (rounds > road.maxRounds + 1)'],
    ['M7', 'if (onlyWaits(reply.requests, asked, before)) {', 'if (false) {'],
  ),
  ...inFile(
    'packages/client/src/calls.ts',
    ['M3', 'if (fault !== undefined) throw unaskable(asking.method, method, fault)', ''],
    [
      'A2',
      'return this.#converse(draft, reply, began, maxTimeout, options)',
      'return this.#converse(draft, reply, began, maxTimeout, options).then((result) => (cache?.set(key, method, params, result, changes), result))',
    ],
  ),
  ...inFile(
    'packages/client/src/cache.ts',
    ['A4', 'if (entry.until <= performance.now()) return undefined', ''],
    ['A2', '`${method} ${canonical(params)}`', '`${method}`'],
  ),
  ...inFile(
    'packages/client/src/pages.ts',
    ['A6', 'if (restarted || !cursorFailed) throw error', 'throw error'],
    ['A7', 'if (nextCursor === undefined) return', 'if (!nextCursor) return'],
  ),
  ...inFile('packages/client/src/output.ts', ['O5', 'if (!checked.ok) {', 'if (false) {']),
  ...inFile(
    'packages/client/src/listen.ts',
    ['U6', 'queue.end(dropped ? { error: this.#over } : {})', 'queue.end({})'],
    [
      'U1',
      'if (change !== undefined && wants(filter, change)) queue.push(change)',
      'if (change !== undefined) queue.push(change)',
    ],
  ),
  ...inFile(
    'packages/client/src/client.ts',
    ['T3', "if (this.era === 'modern') return Promise.resolve(undefined)", ''],
    ['Q7', "if (this.era === 'legacy') await this.#link.notify('notifications/roots/list_changed')", ''],
  ),
  ...inFile(
    'packages/client/src/answers.ts',
    ['I8', "if (action !== 'accept' || params.mode === 'url') return head", ''],
    ['I9', 'this.#visits.delete(id)) guard', 'true) guard'],
    ['L6', "method === 'ping' ? {} : await", 'await'],
  ),

  ...inFile('packages/transports/src/stdio/channel.ts', [
    'T9',
    'return this.#outbox.write(line(message))',
    'return this.#outbox.write(encode(message))',
  ]),
  ...inFile('packages/transports/src/stdio/guard.ts', ['T1', 'stream.write = diverted', '']),
  ...inFile('packages/transports/src/stdio/child.ts', ['T5', 'stdin.end()', 'void stdin']),
  ...inFile('packages/transports/src/stdio/server.ts', [
    'T6',
    'this.#exit?.(this.#code ?? (reason === undefined ? 0 : 1))',
    '',
  ]),

  ...inFile('packages/core/src/names.ts', [
    'O10',
    'item.title ?? item.annotations?.title ?? item.name',
    'item.annotations?.title ?? item.title ?? item.name',
  ]),
  ...inFile('packages/core/src/errors.ts', [
    'Q5',
    "new RpcError(-1, message, undefined, 'userRefused')",
    "new RpcError(-32603, message, undefined, 'userRefused')",
  ]),
  ...inFile(
    'packages/core/src/schema-bounds.ts',
    ['B20', 'if (visit.depth > deepest)', 'if (visit.depth > deepest + 1)'],
    ['B19', '  dialectOf(schema)\n', ''],
  ),
  ...inFile('packages/server/src/features/completions.ts', ['P3', 'const LIMIT = 100', 'const LIMIT = 101']),
  ...inFile('packages/server/src/features/resources.ts', [
    'R3',
    'item.options.unsafe?.includes(name) === true ? undefined : screenVariable(name, value)',
    'undefined',
  ]),
  ...inFile('packages/server/src/form.ts', [
    'I2',
    'if (fault !== undefined) throw new TypeError(',
    'if (false) throw new TypeError(',
  ]),
  ...inFile('packages/server/src/registry.ts', [
    'O2',
    'order: known?.order ?? this.#issued++',
    'order: this.#issued++',
  ]),
  ...inFile(
    'packages/server/src/features/tools.ts',
    ['O1', 'return this.#registry.issued === 0 ? {} : { tools', 'return { tools'],
    ['O7', 'return failed(error.message)', "return failed('It failed')"],
    ['O9', 'if (!checked.ok) return failed(', 'if (false) return failed('],
  ),
  ...inFile('packages/server/src/host.ts', [
    'O9',
    "this.options.revealErrors === true ? inWords(error) : 'Internal error'",
    'inWords(error)',
  ]),
  ...inFile('packages/client/src/client.ts', [
    'A3',
    'new ResponseCache()',
    '((globalThis as { kept?: ResponseCache }).kept ??= new ResponseCache())',
  ]),
  ...inFile('packages/client/src/calls.ts', ['L5', 'if (!this.offers(method)) throw notOffered(method)', '']),
]
