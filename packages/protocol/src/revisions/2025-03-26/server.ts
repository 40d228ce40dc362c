import { missingCapability } from '@parley/core'
import { questionRules as newerRules } from '../2025-06-18/server.ts'
import { legacyServer } from '../2025-11-25/server.ts'
import type { QuestionRules } from '../2025-11-25/questions.ts'
import type { ServerRevision } from '../revision.ts'

/** How 2025-03-26 puts questions: it has no elicitation. */
export const questionRules: QuestionRules = {
  refusal: (question, declared) =>
    question.method === 'elicitation/create'
      ? missingCapability({ elicitation: {} }, 'The revision in use has no elicitation')
      : newerRules.refusal(question, declared),
  write: (question, declared) => newerRules.write(question, declared),
}

/** The answering half of 2025-03-26, the one revision with batches. */
export const march2025Server: ServerRevision = /* @__PURE__ */ legacyServer({
  version: '2025-03-26',
  batches: true,
  lacks: { icons: true, titles: true },
  questions: questionRules,
})
