// Calls of the operators' API: same origin, the key by header alone.
const NAME = 'flashfunctions.key';
const PATIENCE = 20_000;
let memory = null;

/** The function key, kept while the tab is open. Where the browser keeps nothing, until the page is left. */
export const key = {
  get: () => { try { return sessionStorage.getItem(NAME) ?? memory; } catch { return memory; } },
  set: value => { memory = value; try { sessionStorage.setItem(NAME, value); } catch { /* kept in memory */ } },
  forget: () => { memory = null; try { sessionStorage.removeItem(NAME); } catch { /* was in memory alone */ } },
};

/** What the app did not do, in its own words. status 0: it did not answer. */
export class ApiError extends Error {
  constructor(status, body, retryAfter) {
    super(body?.errorReason ?? (status === 0 ? 'The app does not answer.' : `The app answered ${status}.`));
    Object.assign(this, { status, code: body?.errorCode, details: body?.details ?? {}, retryAfter });
  }
}

const features = new Set(JSON.parse(document.getElementById('features').textContent));
/** Whether this app has an operation, such as GET /manage/requests. */
export const has = feature => features.has(feature);
/** A key that the host offers since everybody knows it: that of ./run, which works on its machine alone. */
export const offeredKey = [...features].find(feature => feature.startsWith('key:'))?.slice(4);

const query = parameters => {
  const pairs = Object.entries(parameters ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : '';
};
/** A path of parts that may hold anything: at`accounts/${id}`. */
export const at = (parts, ...values) => String.raw({ raw: parts }, ...values.map(encodeURIComponent));

async function call(method, path, { query: parameters, body, signal, shownKey, raw } = {}) {
  const limit = AbortSignal.timeout(PATIENCE);
  let response;
  try {
    response = await fetch(`manage/${path}${query(parameters)}`, {
      method, cache: 'no-store', credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer',
      headers: { 'x-functions-key': shownKey ?? key.get() ?? '', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0);
  }
  const text = await response.text();
  if (raw && response.ok) return text;
  let read = null;
  try { read = text ? JSON.parse(text) : null; } catch { /* a gateway's page, say */ }
  if (response.status === 401 && shownKey === undefined) dispatchEvent(new CustomEvent('keyrefused'));
  // A health report of trouble is 503 with the report.
  if (!response.ok && !(response.status === 503 && read && read.errorCode === undefined)) {
    throw new ApiError(response.status, read, Number(response.headers.get('retry-after')) || undefined);
  }
  return read;
}

export const api = {
  get: (path, parameters, signal) => call('GET', path, { query: parameters, signal }),
  post: (path, body = {}) => call('POST', path, { body }),
  patch: (path, body) => call('PATCH', path, { body }),
  delete: path => call('DELETE', path),
  /** A file that the API makes, for the browser to save. No link can lead to it, since the key goes by header. */
  download: async (path, parameters, name) => {
    const text = await call('GET', path, { query: parameters, raw: true });
    const href = URL.createObjectURL(new Blob([text]));
    Object.assign(document.createElement('a'), { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
  },
  /** Whether a key is taken: null, or the error. */
  try: shownKey => call('GET', 'health', { shownKey }).then(() => null, error => error),
};
