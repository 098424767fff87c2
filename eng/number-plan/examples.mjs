// Numbers to test the number plan with, and what libphonenumber-js itself says of them.
import { createRequire } from 'node:module'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { parse, sample } from './pattern.mjs'

const load = createRequire(import.meta.url)
const MOBILE = 1

/** {mobile: {country: number}, ranges: [[number, country or null, type or null], …]} as text, one number a line. */
export function examplesText(metadata) {
  const national = Object.entries(load('libphonenumber-js/examples.mobile.json')).filter(([country]) => metadata.countries[country][11][MOBILE])
  const mobile = national.map(([country, number]) => `    "${country}": "+${metadata.countries[country][0]}${number}"`)
  const ranges = [...new Set(numbers(metadata))].map(number => answer(number, metadata)).filter(Boolean)
  return `{\n  "mobile": {\n${mobile.join(',\n')}\n  },\n  "ranges": [\n${ranges.map(range => `    ${JSON.stringify(range)}`).join(',\n')}\n  ]\n}\n`
}

// A number out of every range of every country, and some of possible length out of none.
function * numbers(metadata) {
  const pick = repeatable(20240229)
  for (const plan of [...Object.values(metadata.countries), ...Object.values(metadata.nonGeographic)]) {
    const [code, , , lengths] = plan
    const invented = Array.from({ length: lengths[pick(lengths.length)] }, () => pick(10)).join('')
    const real = plan[11].filter(type => type && type[0] !== '').map(type => sample(parse(type[0]), pick))
    // Some short ones can be dialled inside their country only, some long ones exceed E.164.
    const possible = mainPlan(metadata, code)[3].filter(length => code.length + length >= 7 && code.length + length <= 15)
    yield * [...real, invented].filter(number => possible.includes(number.length)).map(number => `+${code}${number}`)
  }
}

const mainPlan = (metadata, code) => metadata.countries[metadata.country_calling_codes[code]?.[0]] ?? metadata.nonGeographic[code]

function answer(number, metadata) {
  const parsed = parsePhoneNumberFromString(number)
  // It took leading digits for a national prefix, though it was given the international form.
  if (parsed && parsed.number !== number) return undefined
  if (!parsed?.isValid()) return [number, null, null]
  const country = parsed.country ?? '001'
  // It says so, too, where a country has no mobile range at all.
  const mixed = parsed.getType() === 'FIXED_LINE_OR_MOBILE' && !metadata.countries[country]?.[11][MOBILE]
  return [number, country, mixed ? 'FIXED_LINE' : parsed.getType()]
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
