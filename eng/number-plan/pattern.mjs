// The part of regular expressions that number patterns use: digits, \d, [classes], (?:groups), | and counted repetition.
// A pattern becomes {any: [sequence, …]}; a sequence is a list of {digits | any, min, max}.

export function parse(pattern) {
  let at = 0
  const fail = () => {
    throw new Error(`unexpected syntax at ${at} in ${pattern}`)
  }

  function alternatives() {
    const any = [sequence()]
    while (pattern[at] === '|') {
      at++
      any.push(sequence())
    }
    return any
  }

  function sequence() {
    const items = []
    while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') {
      items.push({ ...atom(), ...repetition() })
    }
    return items
  }

  function atom() {
    if (pattern.startsWith('(?:', at)) {
      at += 3
      const any = alternatives()
      if (pattern[at++] !== ')') fail()
      return { any }
    }
    const match = /\d|\\d|\[[\d-]+\]/y
    match.lastIndex = at
    const text = match.exec(pattern)?.[0] ?? fail()
    at += text.length
    const one = new RegExp(`^${text}$`)
    return { digits: [...'0123456789'].filter(digit => one.test(digit)) }
  }

  function repetition() {
    const match = /\?|\{(\d+)(,(\d+))?\}/y
    match.lastIndex = at
    const found = match.exec(pattern)
    if (!found) return { min: 1, max: 1 }
    at += found[0].length
    if (found[0] === '?') return { min: 0, max: 1 }
    return { min: Number(found[1]), max: Number(found[3] ?? found[1]) }
  }

  const any = alternatives()
  if (at !== pattern.length) fail()
  return { any }
}

/** All lengths that the pattern matches. */
export function lengths({ any }) {
  const sums = (left, right) => new Set([...left].flatMap(x => [...right].map(y => x + y)))
  const repeated = item => {
    const once = item.digits ? new Set([1]) : lengths(item)
    let times = new Set([0])
    let all = new Set()
    for (let count = 0; count <= item.max; count++) {
      if (count >= item.min) all = new Set([...all, ...times])
      times = sums(times, once)
    }
    return all
  }
  return new Set(any.flatMap(items => [...items.reduce((sum, item) => sums(sum, repeated(item)), new Set([0]))]))
}

/** Every string that the pattern matches; for short patterns only. */
export function strings({ any }) {
  const product = (left, right) => left.flatMap(x => right.map(y => x + y))
  const repeated = item => {
    const once = item.digits ?? strings(item)
    let times = ['']
    const all = []
    for (let count = 0; count <= item.max; count++) {
      if (count >= item.min) all.push(...times)
      times = product(times, once)
    }
    return all
  }
  return any.flatMap(items => items.reduce((sum, item) => product(sum, repeated(item)), ['']))
}

/** One string that the pattern matches; pick(n) chooses a number below n. */
export function sample({ any }, pick) {
  return any[pick(any.length)]
    .flatMap(item => Array.from({ length: item.min + pick(item.max - item.min + 1) }, () => item))
    .map(item => item.digits ? item.digits[pick(item.digits.length)] : sample(item, pick))
    .join('')
}
