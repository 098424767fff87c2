// Numbers to test the number plan with, and what libphonenumber-js itself says of them.
import { createRequire } from 'node:module'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { parse, sample } from './pattern.mjs'

const load = createRequire(import.meta.url)

/** {mobile: {country: number}, ranges: [[number, country or null, type or null], …]} as text, one number a line. */
export function examplesText(metadata) {
  const national = load('libphonenumber-js/examples.mobile.json')
  const mobile = Object.entries(national).map(([country, number]) => `    "${country}": "+${metadata.countries[country][0]}${number}"`)
  const ranges = [...new Set(numbers(metadata))].map(number => `    ${JSON.stringify(answer(number))}`)
  return `{\n  "mobile": {\n${mobile.join(',\n')}\n  },\n  "ranges": [\n${ranges.join(',\n')}\n  ]\n}\n`
}

// A number out of every range of every country, and some of possible length out of none.
function * numbers(metadata) {
  const pick = repeatable(20240229)
  for (const plan of [...Object.values(metadata.countries), ...Object.values(metadata.nonGeographic)]) {
    for (const type of plan[11]) {
      if (type && type[0] !== '') yield `+${plan[0]}${sample(parse(type[0]), pick)}`
    }
    const length = plan[3][pick(plan[3].length)]
    yield `+${plan[0]}${Array.from({ length }, () => pick(10)).join('')}`
  }
}

function answer(number) {
  const parsed = parsePhoneNumberFromString(number)
  if (parsed?.number !== number || !parsed.isValid()) return [number, null, null]
  return [number, parsed.country ?? '001', parsed.getType()]
}

// mulberry32: the same numbers on every run.
function repeatable(seed) {
  return below => {
    seed = (seed + 0x6D2B79F5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}
